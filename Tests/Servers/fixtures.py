"""Makes what the tests of downloads serve: small stand-ins for published datasets.

usage: fixtures.py zip OUT [--pad N] [--link NAME] NAME…    a zip file; prints its size and MD5
       fixtures.py dataverse FOLDER LIST [--wrong NAME] NAME…   files by number, and the list of them
       fixtures.py lfs FOLDER FILES NAME…    a repository's archive with pointers, and the files they stand for
"""

import argparse
import hashlib
import json
import os
import random
import zipfile

parser = argparse.ArgumentParser()
parser.add_argument("kind", choices=["zip", "dataverse", "lfs"])
parser.add_argument("place")
parser.add_argument("names", nargs="+")
parser.add_argument("--pad", type=int, default=0, help="bytes that cannot be compressed")
parser.add_argument("--link", help="a symbolic link to /etc/passwd")
parser.add_argument("--wrong", help="a file whose listed MD5 is another's")
options = parser.parse_intermixed_args()


def content(name):
    return ("audio of " + name).encode()


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


if options.kind == "zip":
    os.makedirs(os.path.dirname(options.place), exist_ok=True)
    with zipfile.ZipFile(options.place, "w") as archive:
        for name in options.names:
            archive.writestr(name, content(name))
        if options.pad:
            archive.writestr("noise.bin", random.Random(1).randbytes(options.pad))
        if options.link:
            entry = zipfile.ZipInfo(options.link)
            entry.create_system = 3
            entry.external_attr = 0o120777 << 16
            archive.writestr(entry, "/etc/passwd")
    with open(options.place, "rb") as file:
        data = file.read()
    print(len(data), hashlib.md5(data).hexdigest())
elif options.kind == "dataverse":
    entries = []
    for number, name in enumerate(options.names[1:]):
        data = content(name)
        write(f"{options.place}/access/datafile/{number}", data)
        digest = hashlib.md5(b"" if name == options.wrong else data).hexdigest()
        checksum = {"type": "MD5", "value": digest}
        entries.append(
            {"label": name, "dataFile": {"id": number, "filename": name, "filesize": len(data), "checksum": checksum}})
    listing = {"status": "OK", "data": {"latestVersion": {"files": entries}}}
    write(f"{options.place}/{options.names[0]}", json.dumps(listing).encode())
else:
    os.makedirs(f"{options.place}/archive/refs/heads", exist_ok=True)
    with zipfile.ZipFile(f"{options.place}/archive/refs/heads/master.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("CREMA-D-master/README.md", "read me")
        archive.writestr("CREMA-D-master/AudioMP3/1001_DFA_ANG_XX.mp3", "another pointer")
        people = '"ActorID","Age","Sex","Race","Ethnicity"\n1001,51,"Male","Caucasian","Not Hispanic"\n'
        archive.writestr("CREMA-D-master/VideoDemographics.csv", people)
        for name in options.names[1:]:
            data = content(name)
            digest = hashlib.sha256(data).hexdigest()
            pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(data)}\n"
            archive.writestr(f"CREMA-D-master/AudioWAV/{name}", pointer)
            write(f"{options.place}/{options.names[0]}/{name}", data)
