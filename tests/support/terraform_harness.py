"""The real terraform binary with a local provider mirror: found, run in a clean environment, applied and destroyed."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from moto_harness import REGION, Moto, aws_env

_TIMEOUT = 600  # seconds for one command; a hang is cut, slowness is not judged
_PROVIDER = Path("registry.terraform.io", "hashicorp", "aws")
_KEPT = ("PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LANG")  # all that terraform may see of our environment
_ALONE = ("init", "fmt")  # what no provider is attached to
_PROVIDERS = 2
"""Provider processes kept at a time, half a gigabyte each: two regions, or a server of its own beside the worker's."""

# Both programs allocate hundreds of megabytes for the provider's schema and end soon: collecting that garbage early is
# half of their time.
_GARBAGE = {"GOGC": "400"}

# The provider as its developers debug it: it tells the address where it listens, and Terraform attaches to it. It ends
# when its standard input does, so it cannot outlive the tests, however they end.
_SERVE = '"$0" -debug </dev/null & read -r _; kill $!; wait'


class TerraformMissingError(Exception):
    """There is no terraform binary here, or no local mirror of hashicorp/aws."""


class TerraformError(AssertionError):
    """A terraform command ended otherwise than the test demands."""

    def __init__(self, sentence: str, done: subprocess.CompletedProcess[str]) -> None:
        super().__init__(f"{sentence}\n$ {' '.join(done.args)}\n{done.stdout}{done.stderr}")


_Settings = tuple[Path, frozenset[tuple[str, str]]]


class Providers:
    """Running processes of hashicorp/aws, to which terraform attaches: starting one costs more than most commands do.

    Each holds for one set of AWS settings, as a provider reads them from its own environment. The version that a module
    asks for is chosen by `terraform init`, which is not attached.
    """

    def __init__(self) -> None:
        self._running: dict[_Settings, tuple[subprocess.Popen[str], str]] = {}

    def attached(self, binary: Path, environment: Mapping[str, str]) -> dict[str, str]:
        """The settings by which terraform finds the provider for this environment; it is started when none runs."""
        key = binary, frozenset((name, value) for name, value in environment.items() if name.startswith("AWS_"))
        running = self._running.pop(key) if key in self._running else self._start(binary, environment)
        self._running[key] = running  # the newest is last
        while len(self._running) > _PROVIDERS:
            self._stop(next(iter(self._running)))
        return {"TF_REATTACH_PROVIDERS": running[1]}

    def stop(self) -> None:
        """End all of them."""
        for key in tuple(self._running):
            self._stop(key)

    def _start(self, binary: Path, environment: Mapping[str, str]) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            ["sh", "-c", _SERVE, str(binary)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=dict(environment),
        )
        assert process.stdout is not None
        for line in process.stdout:  # blocks until the provider listens, or has died
            if found := re.search(r"TF_REATTACH_PROVIDERS='(.*)'", line):
                return process, found[1]
        raise RuntimeError(f"the provider did not start (exit code {process.wait()})")

    def _stop(self, key: _Settings) -> None:
        process, _ = self._running.pop(key)
        process.communicate()


@dataclass(frozen=True)
class Terraform:
    """The binary, with the folder of its own that holds its configuration and its home."""

    binary: Path
    mirror: Path
    folder: Path
    providers: Providers

    @classmethod
    def find(cls, folder: Path) -> Self:
        """Find binary and mirror, and write the CLI configuration into `folder`."""
        binary = shutil.which("terraform")
        if binary is None:
            raise TerraformMissingError("no `terraform` on the PATH")
        mirror = next(iter(_mirrors()), None)
        if mirror is None:
            raise TerraformMissingError(
                f"no local mirror of hashicorp/aws for {_host()}; set TFGEN_TERRAFORM_MIRROR to one"
            )
        (folder / "home").mkdir()
        (folder / "terraform.rc").write_text(
            "disable_checkpoint = true\n"
            f"provider_installation {{\n  filesystem_mirror {{\n    path = {json.dumps(str(mirror))}\n  }}\n}}\n",
            encoding="utf-8",
        )
        return cls(Path(binary), mirror, folder, Providers())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.providers.stop()

    @property
    def aws_versions(self) -> tuple[str, ...]:
        """The versions of hashicorp/aws that the mirror offers."""
        return _versions(self.mirror)

    def run(
        self, *args: str, cwd: Path, env: Mapping[str, str] | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run `terraform args` in `cwd`; `env` is added to a clean environment."""
        environment = self._environment() | dict(env or {})
        if args[0] not in _ALONE and (binary := _installed(cwd)) is not None:
            environment |= self.providers.attached(binary, environment)
        done = subprocess.run(
            [str(self.binary), *args],
            cwd=cwd,
            env=environment,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            timeout=_TIMEOUT,
            check=False,
        )
        if check and done.returncode != 0:
            raise TerraformError(f"terraform ended with code {done.returncode} in {cwd}", done)
        return done

    def init(self, root: Path, env: Mapping[str, str] | None = None) -> None:
        """Make `root` ready, with providers from the mirror only, or with those that `env` tells of."""
        self.run("init", "-backend=false", "-no-color", cwd=root, env=env)

    def validate(self, root: Path) -> None:
        """Hold `root` (after `init`) valid and without a single warning."""
        done = self.run("validate", "-json", cwd=root, check=False)
        if done.returncode != 0 or json.loads(done.stdout)["diagnostics"]:
            raise TerraformError(f"{root} is not valid", done)

    def assert_formatted(self, tree: Path) -> None:
        """Hold every file below `tree` to be what `terraform fmt` makes of it."""
        done = self.run("fmt", "-check", "-diff", "-recursive", "-no-color", cwd=tree, check=False)
        if done.returncode != 0:
            raise TerraformError(f"{tree} is not formatted", done)

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        home = self.folder / "home"
        return {
            **kept,
            **_GARBAGE,
            "HOME": str(home),
            "AWS_CONFIG_FILE": str(home / "no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(home / "no-credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": str(self.folder / "terraform.rc"),
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
        }


@dataclass(frozen=True)
class Plan:
    """What a plan would change: `action address`, sorted; empty when nothing drifted."""

    changes: tuple[str, ...]


class Applied:
    """A root module, applied to moto without drift, and destroyed when the block ends.

    `with Applied(terraform, moto, root) as applied:` runs init, apply, and a second plan that must be empty;
    leaving the block destroys everything and checks that nothing is left.
    """

    def __init__(
        self,
        terraform: Terraform,
        moto: Moto,
        root: Path,
        variables: Mapping[str, object] | None = None,
        known_drift: tuple[str, ...] = (),
        region: str = REGION,
    ) -> None:
        self._known_drift = known_drift  # what moto is known not to keep: exactly these changes, no others
        self.terraform = terraform
        self.root = root
        self._moto = moto
        self._env = (
            aws_env(moto)
            | {"AWS_REGION": region}
            | {
                f"TF_VAR_{name}": value if isinstance(value, str) else json.dumps(value)
                for name, value in (variables or {}).items()
            }
        )

    def __enter__(self) -> Self:
        try:
            self.terraform.init(self.root)
            self.apply()
            self.assert_no_drift()
        except BaseException:
            self._moto.reset()  # the block never begins, so nobody else would take the half-made things away
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None:
            self._moto.reset()  # the test has failed already: no second failure may hide the first
            return
        self._destroy()
        if left := self.addresses():
            raise AssertionError(f"destroy left {', '.join(left)} of {self.root}")

    def _destroy(self) -> None:
        self._run("destroy", "-auto-approve", "-no-color")

    def apply(self) -> None:
        """Apply, without a single warning."""
        done = self._run("apply", "-auto-approve", "-json")
        if any(message["type"] == "diagnostic" for message in _messages(done)):
            raise TerraformError(f"{self.root} is applied with a warning", done)

    def plan(self) -> Plan:
        """Plan against what moto holds now."""
        done = self._run("plan", "-json", "-detailed-exitcode", check=False)
        messages = _messages(done)
        match done.returncode:
            case 0:
                return Plan(())
            case 2:
                return Plan(tuple(sorted(_changes(messages))))
            case code:
                raise TerraformError(f"plan ended with code {code} in {self.root}", done)

    def assert_no_drift(self) -> None:
        """Hold a plan to change nothing, but what moto is known not to keep."""
        if (changes := self.plan().changes) != self._known_drift:
            raise AssertionError(f"{self.root} drifts: {', '.join(changes)}")

    def outputs(self) -> dict[str, Any]:
        """The values of the root module's outputs, by name."""
        done = self._run("output", "-json")
        return {name: output["value"] for name, output in json.loads(done.stdout).items()}

    def addresses(self) -> tuple[str, ...]:
        """The addresses of everything in the state, data sources left out."""
        listed = self._run("state", "list").stdout.split("\n")
        return tuple(address for address in listed if address and not re.search(r"(^|\.)data\.", address))

    def _run(self, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.terraform.run(*args, cwd=self.root, env=self._env, check=check)


class AppliedInBulk(Applied):
    """The same for a root of very many modules, without the second plan, and destroyed by emptying the root.

    That takes half of the time, since Terraform need not walk the modules once more to find what is in its state.
    """

    def assert_no_drift(self) -> None:
        """Not asked of so much at once: what stands there is read back and compared."""

    def _destroy(self) -> None:
        (self.root / "main.tf.json").write_text("{}\n", encoding="utf-8")
        self._run("apply", "-auto-approve", "-no-color", "-refresh=false")


def write_batch(
    root: Path, trees: Mapping[str, Path], variables: Mapping[str, Mapping[str, object]] | None = None
) -> Path:
    """Write into `root` a root module that calls each of `trees` as `module "<name>"` with its literal `variables`.

    Starting the provider costs more than a hundred modules do, so test many trees with one root.
    The root's output `<name>` is the object of that module's outputs.
    """
    root.mkdir(parents=True, exist_ok=True)
    calls = {
        name: {**_literal((variables or {}).get(name, {})), "source": _local_source(tree, root)}
        for name, tree in trees.items()
    }
    outputs = {name: {"value": f"${{module.{name}}}", "sensitive": True} for name in trees}
    text = json.dumps({"module": calls, "output": outputs}, indent=2)
    (root / "main.tf.json").write_text(text + "\n", encoding="utf-8")
    return root


def _local_source(tree: Path, root: Path) -> str:
    return "./" + Path(os.path.relpath(tree.resolve(), root.resolve())).as_posix()


def _literal(value: Any) -> Any:
    """The value as terraform's JSON syntax writes it, where a string is a template."""
    match value:
        case str():
            return value.replace("${", "$${").replace("%{", "%%{")
        case Mapping():
            return {key: _literal(one) for key, one in value.items()}
        case list() | tuple():
            return [_literal(one) for one in value]
        case _:
            return value


def _messages(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _changes(messages: list[dict[str, Any]]) -> Iterator[str]:
    for message in messages:
        match message.get("type"):
            case "planned_change":
                change = message["change"]
                yield f"{change['action']} {change['resource']['addr']}"
            case "outputs":
                yield from (
                    f"{output['action']} output.{name}"
                    for name, output in message["outputs"].items()
                    if output.get("action", "noop") != "noop"
                )
            case _:
                pass


def _installed(root: Path) -> Path | None:
    """The provider that `terraform init` chose for a root; None where it needs none."""
    binaries = (root / ".terraform" / "providers").glob(f"{_PROVIDER.as_posix()}/*/{_host()}/terraform-provider-aws_*")
    return next((found.resolve() for found in binaries), None)


def _host() -> str:
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{ {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(machine, machine) }"


def _mirrors() -> Iterator[Path]:
    """The places, most explicit first, that do hold hashicorp/aws for this machine."""
    return (place for place in _places() if _versions(place))


def _places() -> Iterator[Path]:
    if named := os.environ.get("TFGEN_TERRAFORM_MIRROR"):
        yield Path(named).expanduser().resolve()
        return  # who names one wants no other
    config = Path(os.environ.get("TF_CLI_CONFIG_FILE", "~/.terraformrc")).expanduser()
    if config.is_file():
        blocks = re.findall(r'filesystem_mirror\s*\{[^}]*?\bpath\s*=\s*"([^"]+)"', config.read_text(encoding="utf-8"))
        yield from (Path(path).expanduser() for path in blocks)
    yield Path.home() / ".terraform.d" / "plugins"
    yield Path.home() / ".local" / "share" / "terraform" / "plugins"
    for shared in (Path("/usr/local/share"), Path("/usr/share")):
        yield shared / "terraform" / "plugins"
    for above in (Path("/opt"), Path("/usr/local")):
        for pattern in (_PROVIDER.parts[0], f"*/{_PROVIDER.parts[0]}", f"*/*/{_PROVIDER.parts[0]}"):
            yield from (found.parent for found in sorted(above.glob(pattern)))


def _versions(place: Path) -> tuple[str, ...]:
    """The versions in a mirror, unpacked or packed."""
    folder, host = place / _PROVIDER, _host()
    unpacked = {found.parent.name for found in folder.glob(f"*/{host}")}
    packed = {found.name.split("_")[1] for found in folder.glob(f"terraform-provider-aws_*_{host}.zip")}
    return tuple(sorted(unpacked | packed))
