"""Puts pip into a virtual environment without a network.

This image holds no bundled wheels: pip and setuptools are packed again from
the files that are installed beside this module, into a temporary folder.
"""

import argparse
import glob
import os
import subprocess
import sys
import tempfile
import zipfile

PROJECTS = ("setuptools", "pip")
NOT_PACKED = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")


def _site():
    name = "python%d.%d" % sys.version_info[:2]
    return os.path.join(sys.base_prefix, "lib", name, "site-packages")


def _info(project):
    found = glob.glob(os.path.join(_site(), project + "-*.dist-info"))
    if not found:
        raise RuntimeError("%s is not installed in %s" % (project, _site()))
    return os.path.basename(found[0])


def version():
    """The version of pip that bootstrap() installs."""
    return _info("pip")[len("pip-") : -len(".dist-info")]


def _pack(project, folder):
    info = _info(project)
    wheel = os.path.join(folder, info[: -len(".dist-info")] + "-py3-none-any.whl")
    record = []
    with open(os.path.join(_site(), info, "RECORD"), encoding="utf-8") as f:
        rows = f.read().splitlines()
    with zipfile.ZipFile(wheel, "w") as z:
        for row in rows:
            path = row.split(",")[0]
            if path.startswith("..") or path.endswith(".pyc"):
                continue
            if os.path.dirname(path) == info and os.path.basename(path) in NOT_PACKED:
                continue
            z.write(os.path.join(_site(), path), path)
            record.append(row)
        record.append(info + "/RECORD,,")
        z.writestr(info + "/RECORD", "\n".join(record) + "\n")
    return wheel


def bootstrap(*, root=None, upgrade=False, user=False, altinstall=False, default_pip=False, verbosity=0):
    """Installs pip and setuptools into the running environment."""
    args = ["install", "--no-cache-dir", "--no-index", "--no-deps"]
    if root:
        args += ["--root", root]
    if upgrade:
        args.append("--upgrade")
    if user:
        args.append("--user")
    if verbosity:
        args.append("-" + "v" * verbosity)
    env = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
    env["PIP_CONFIG_FILE"] = os.devnull
    with tempfile.TemporaryDirectory() as folder:
        wheels = [_pack(project, folder) for project in PROJECTS]
        code = (
            "import runpy, sys; sys.path.insert(0, %r); sys.argv[1:] = %r; "
            "runpy.run_module('pip', run_name='__main__', alter_sys=True)"
        ) % (wheels[-1], args + wheels)
        return subprocess.run([sys.executable, "-c", code], env=env).returncode


def main(argv=None):
    parser = argparse.ArgumentParser(prog="python -m ensurepip")
    parser.add_argument("--version", action="version", version="pip " + version())
    parser.add_argument("-v", "--verbose", action="count", default=0, dest="verbosity")
    parser.add_argument("-U", "--upgrade", action="store_true")
    parser.add_argument("--user", action="store_true")
    parser.add_argument("--root")
    parser.add_argument("--altinstall", action="store_true")
    parser.add_argument("--default-pip", action="store_true")
    return bootstrap(**vars(parser.parse_args(argv)))
