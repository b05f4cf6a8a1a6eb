"""The table of a comparison, the cases that a rule explains, and the results that fail."""

import importlib.metadata
import json
import statistics

from plugins import PLUGINS

# Rules may explain a few cases of a plugin always, so that few cases do not mean strictness.
FEW = 3
# The share of frames that may differ where a discrete choice flips on a tie.
FRAMES = 0.001
SHOWN = 3


def report(plugins, results, options, recordings, ratios):
    lines = [
        "| plugin | cases | worst | median | above | by rule | times faster |",
        "| --- | ---: | ---: | ---: | ---: | --- | ---: |",
    ]
    failed, explained = [], []
    for use in plugins:
        plugin = PLUGINS[use]
        mine = [r for r in results if r["use"] == use]
        compared = [r for r in mine if r["error"] is not None]
        above = [r for r in compared if not r["error"] <= plugin.limit]
        by_rule = [r for r in above if r.get("rule") and r["rule"] != "frames"]
        by_frames = [r for r in above if r.get("rule") == "frames"]
        failed += [r for r in above if not r.get("rule")]
        if len(by_rule) > max(FEW, plugin.share * len(mine)):
            failed.append({"use": use, "note": f"{len(by_rule)} of {len(mine)} cases need a rule"})
        differing, frames = sum(r["differing"] for r in by_frames), sum(r.get("frames", 0) for r in compared)
        if differing > FRAMES * frames:
            failed.append({"use": use, "note": f"{differing} of {frames} frames differ"})
        if 2 * len(compared) < len(mine):
            failed.append({"use": use, "note": f"{len(mine) - len(compared)} of {len(mine)} cases are refused by both"})
        explained += by_rule[:SHOWN] + by_frames[:SHOWN]
        within = [r["error"] for r in compared if r["error"] <= plugin.limit] or [float("nan")]
        counts = [f"{n} {name}" for name in plugin.rules if (n := sum(r["rule"] == name for r in by_rule))]
        counts += [f"{differing} of {frames} frames"] if by_frames else []
        ratio = f"{ratios[use]:.1f}" if use in ratios else ""
        if ratios.get(use, 1) < 1:
            failed.append({"use": use, "note": f"slower than the reference: {ratios[use]:.2f} ×"})
        numbers = f"{max(within):.1e} | {statistics.median(within):.1e}"
        lines.append(f"| {use} | {len(compared)} | {numbers} | {len(above)} | {', '.join(counts)} | {ratio} |")
    return page(plugins, lines, explained, options, recordings, results), failed


def page(plugins, table, explained, options, recordings, results):
    packages = ("librosa", "numpy", "scipy", "soxr", "praat-parselmouth")
    versions = ", ".join(f"{name} {version}" for name in packages if (version := installed(name)))
    clips = f"of which half are from {recordings} recordings of speech and song, half made by formula" if recordings else "made by formula"
    count = sum(r["error"] is not None for r in results)
    text = f"""# Parity with librosa

Written by `make parity`; seed {options.seed}, {count} cases with random parameters over the whole valid range, on clips
{clips}. Reference: {versions}.

A case passes when |ours − theirs| ≤ 1e-4 × max|theirs| everywhere and the shapes are equal; `worst` and `median` are of these. A case
above is allowed only where a rule below explains its difference, which is checked on that very case; where a discrete choice flips on a
tie, single frames may differ, less than {FRAMES:.1%} of all. `load` is every sample of `librosa.load`. Times are of one thread at the
defaults, the reference's beside ours in one run, on five seconds of sound at 22,050 Hz, decoded.

"""
    text += "\n".join(table) + "\n\n## Rules\n\n"
    texts = {f"{rule.text}": [] for use in plugins for rule in PLUGINS[use].rules.values()}
    for use in plugins:
        for name, rule in PLUGINS[use].rules.items():
            texts[rule.text].append((use, name))
    for reason, uses in texts.items():
        text += f"- **{uses[0][1]}** ({', '.join(use for use, _ in uses)}): {reason}\n"
    text += "".join(f"- **frames** ({use}): {PLUGINS[use].frames}\n" for use in plugins if PLUGINS[use].frames)
    agreements = [f"- **{use}**: {PLUGINS[use].agreement}\n" for use in plugins if PLUGINS[use].agreement]
    text += "\n## Judged otherwise\n\n" + "".join(agreements) if agreements else ""
    shares = ", ".join(f"{use} {PLUGINS[use].share:.0%}" for use in plugins if PLUGINS[use].rules)
    text += f"\nSo many of a plugin's cases may need a rule: {shares}; always {FEW}.\n"
    if explained:
        text += f"\n## Cases explained by a rule\n\nThe first {SHOWN} of each plugin.\n\n"
        text += "| plugin | seed | clip | error | rule | parameters |\n| --- | ---: | --- | ---: | --- | --- |\n"
        for r in explained:
            rule = r["rule"] if r["rule"] != "frames" else f"{r['differing']} of {r['frames']} frames"
            text += f"| {r['use']} | {r['seed']} | {r['clip']}, {r['samples']} at {r['rate']} Hz | {r['error']:.1e} | {rule} | `{json.dumps(r['parameters'])}` |\n"
    return text


def installed(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
