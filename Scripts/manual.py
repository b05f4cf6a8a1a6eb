#!/usr/bin/env python3
"""Writes a manual page (mdoc) from what a program declares and a template: PROGRAM --experimental-dump-help | manual.py TEMPLATE VERSION DATADIR

The template is mdoc with two lines of its own, @SYNOPSIS@ and @COMMANDS@, and @VERSION@, @DATE@ and @DATADIR@ inside lines.
"""

import datetime
import json
import os
import re
import sys


def escaped(text: str) -> str:
    """Text as roff takes it: no escapes of its own, and nothing but ASCII."""
    text = text.replace("\\", "\\e")
    return "".join(c if ord(c) < 128 else f"\\[u{ord(c):04X}]" for c in text)


def word(text: str) -> str:
    """An argument of a macro."""
    text = escaped(text).replace('"', "\\(dq")
    if " " in text:
        return f'"{text}"'
    # Punctuation and names of macros would be taken for themselves.
    return "\\&" + text if re.fullmatch(r"[.,:;()\[\]?!|]|[A-Z][a-z]", text) else text


def lines(text: str) -> list[str]:
    """Sentences on lines of their own, none longer than 78 characters."""
    result = []
    for sentence in re.split(r"(?<=[.!?]) +(?=[A-Z\"])", " ".join(text.split())):
        line = ""
        for part in sentence.split(" "):
            part = escaped(part)
            if line and len(line) + 1 + len(part) > 78:
                result.append(line)
                line = part
            else:
                line = f"{line} {part}" if line else part
        result.append(line)
    return ["\\&" + line if line[:1] in ".'" else line for line in result if line]


def spelled(argument: dict) -> str:
    """An option with its value, or a positional argument, in macros."""
    if argument["kind"] == "positional":
        return f"Ar {word(argument['valueName'])}"
    names = [("-" if name["kind"] == "long" else "") + name["name"] for name in argument["names"]]
    flags = " , ".join(f"Fl {word(name)}" for name in names)
    return flags if argument["kind"] == "flag" else f"{flags} Ar {word(argument['valueName'])}"


def shown(command: dict) -> list[dict]:
    common = {"help", "version"}
    return [a for a in command.get("arguments", []) if a["shouldDisplay"] and a["valueName"] not in common]


def subcommands(command: dict) -> list[dict]:
    return [c for c in command.get("subcommands", []) if c["shouldDisplay"] and c["commandName"] != "help"]


def synopsis(program: str, path: list[str], command: dict) -> list[str]:
    result = [".Nm " + program]
    if path:
        result.append(".Cm " + " ".join(path))
    for argument in shown(command):
        many = " ..." if argument["isRepeating"] else ""
        macro = spelled(argument) + (many if argument["kind"] == "positional" else "")
        result.append(f".Op {macro}" if argument["isOptional"] else f".{macro}")
        if many and argument["kind"] != "positional":
            result[-1] += " ..."
    return result


def described(argument: dict) -> list[str]:
    result = lines(argument.get("abstract", "")) + lines(argument.get("discussion") or "")
    values = argument.get("allValues")
    if values and not all(value in argument.get("abstract", "") for value in values):
        result += lines(f"One of {', '.join(values)}.")
    if (default := argument.get("defaultValue")) is not None and argument["kind"] != "flag":
        result += lines(f"The default is {default}.")
    return result


def body(path: list[str], command: dict) -> list[str]:
    """What a command does and takes, and so for the commands inside it."""
    result = []
    if path:
        result += [".Ss " + " ".join(path)]
        result += lines(command.get("abstract", ""))
        if discussion := command.get("discussion"):
            result += [".Pp"] + lines(discussion)
    arguments = shown(command)
    if arguments:
        result += [".Bl -tag -width Ds"]
        for argument in arguments:
            result += [".It " + spelled(argument)] + described(argument)
        result += [".El"]
    for inner in subcommands(command):
        result += body(path + [inner["commandName"]], inner)
    return result


def synopses(program: str, path: list[str], command: dict) -> list[list[str]]:
    inner = subcommands(command)
    own = [synopsis(program, path, command)] if not inner or shown(command) else []
    return own + [s for c in inner for s in synopses(program, path + [c["commandName"]], c)]


def main() -> None:
    template, version, data = sys.argv[1:]
    command = json.load(sys.stdin)["command"]
    program = command["commandName"]
    seconds = os.environ.get("SOURCE_DATE_EPOCH") or os.path.getmtime(template)
    date = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc)
    page = open(template, encoding="utf-8").read()
    page = page.replace("@VERSION@", version).replace("@DATE@", f"{date:%B} {date.day}, {date.year}")
    page = page.replace("@DATADIR@", data)
    page = page.replace("@SYNOPSIS@", "\n".join(line for s in synopses(program, [], command) for line in s))
    print(page.replace("@COMMANDS@", "\n".join(body([], command))), end="")


main()
