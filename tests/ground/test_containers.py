"""Dockerfile and docker-compose.yml, as far as can be seen without an engine."""

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from .clones import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]

DURATION = {"type": "string", "pattern": r"^(\d+(ms|s|m|h))+$"}
WORDS = {"type": "array", "items": {"type": "string"}, "minItems": 1}
MAPPING = {"type": "object", "additionalProperties": {"type": ["string", "null"]}}
SERVICE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["image"],
    "properties": {
        "build": {"type": "string"},
        "image": {"type": "string"},
        "init": {"type": "boolean"},
        "user": {"type": "string"},
        "command": WORDS,
        "environment": MAPPING,
        "volumes": WORDS,
        "networks": WORDS,
        "network_mode": {"const": "none"},
        "cap_drop": WORDS,
        "security_opt": WORDS,
        "read_only": {"type": "boolean"},
        "tmpfs": WORDS,
        "ports": WORDS,
        "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
        "shm_size": {"type": "string", "pattern": r"^\d+(kb|mb|gb)$"},
        "stop_grace_period": DURATION,
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["condition"],
                "properties": {
                    "condition": {"enum": ["service_started", "service_healthy", "service_completed_successfully"]}
                },
            },
        },
        "healthcheck": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "disable": {"type": "boolean"},
                "test": {**WORDS, "prefixItems": [{"enum": ["CMD", "CMD-SHELL"]}]},
                "interval": DURATION,
                "timeout": DURATION,
                "start_period": DURATION,
                "retries": {"type": "integer", "minimum": 1},
            },
        },
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["services"],
    "patternProperties": {"^x-": {}},
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
        "services": {"type": "object", "additionalProperties": SERVICE},
        "networks": {
            "type": "object",
            "additionalProperties": {"type": ["object", "null"], "properties": {"internal": {"type": "boolean"}}},
        },
        "volumes": {"type": "object", "additionalProperties": {"type": "null"}},
    },
}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def said(word: str) -> list[str]:
    return [rest for name, rest in instructions() if name == word]


def subcommands_of(script: str) -> set[str]:
    """The words that the script's last `case` takes."""
    cases = (ROOT / script).read_text().rpartition("\ncase ")[2]
    return set(re.findall(r"^    (\w+)\)", cases, re.M))


def check_command(words: list[str]) -> None:
    """Fails unless the script is in the repository, executable, and knows the word."""
    script, *arguments = words
    assert (ROOT / script).stat().st_mode & 0o111, script
    if script == "scripts/serve":
        assert arguments[0] in subcommands_of(script)


def test_the_file_follows_the_compose_specification() -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(COMPOSE)


def test_what_is_named_is_declared() -> None:
    networks, volumes = {"default", *COMPOSE["networks"]}, set(COMPOSE["volumes"])
    used: set[str] = set()
    for service in SERVICES.values():
        assert set(service.get("networks", [])) <= networks
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        for mount in service["volumes"]:
            source = mount.split(":")[0]
            if source.startswith("."):
                assert (ROOT / source).is_file(), source
            else:
                used.add(source)
    assert used == volumes


@pytest.mark.parametrize("name", [name for name, service in SERVICES.items() if "build" in service])
def test_the_commands_of_our_image_exist(name: str) -> None:
    assert (ROOT / SERVICES[name]["build"] / "Dockerfile").is_file()
    check_command(SERVICES[name]["command"])


@pytest.mark.parametrize("name", SERVICES)
def test_who_is_waited_for_can_be_waited_for(name: str) -> None:
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        awaited = SERVICES[other]
        if wait["condition"] == "service_healthy":
            assert awaited["healthcheck"]["test"]
        else:
            assert "restart" not in awaited, f"{other} would never be done"


def test_no_secret_is_written_down() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASS|SECRET|KEY|TOKEN", variable):
                assert value is None or value.startswith("/run/keys/"), f"{name}: {variable}"
    assert not re.search(r"^ENV .*(PASS|SECRET|KEY)", (ROOT / "Dockerfile").read_text(), re.M)


def test_only_the_web_server_is_published_and_on_the_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])
    assert COMPOSE["networks"]["database"] == {"internal": True}
    assert SERVICES["db"]["networks"] == ["database"]


def test_the_application_runs_with_few_rights() -> None:
    for name in ("prepare", "web", "worker"):
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]
        assert "user" not in SERVICES[name]
        assert not [m for m in SERVICES[name]["volumes"] if m.startswith("database")]


def test_the_database_is_the_one_of_a_machine() -> None:
    """The role, the database, the extensions and the checksums of scripts/postgis."""
    machine = (ROOT / "scripts" / "postgis").read_text()
    container = (ROOT / "scripts" / "docker" / "database.sh").read_text()
    for statement in (
        "CREATE EXTENSION IF NOT EXISTS postgis;",
        "CREATE EXTENSION IF NOT EXISTS btree_gist;",
        "CREATE ROLE psq LOGIN CREATEDB",
        "CREATE ROLE psq_app LOGIN",
        "CREATE DATABASE psq_geo OWNER psq",
    ):
        assert statement in machine
        assert statement in container
    for option in SERVICES["db"]["environment"]["POSTGRES_INITDB_ARGS"].split():
        assert option in machine
    names = SERVICES["prepare"]["environment"]
    assert (names["PGUSER"], names["PGDATABASE"], names["PSQ_APP"]) == ("psq", "psq_geo", "psq_app")


def test_what_runs_is_the_role_that_may_do_less() -> None:
    roles = {name: SERVICES[name]["environment"] for name in ("web", "worker", "prepare")}
    assert {name: each["PGUSER"] for name, each in roles.items()} == {
        "web": "psq_app",
        "worker": "psq_app",
        "prepare": "psq",
    }
    assert {name: each.get("PSQ_OWNER") for name, each in roles.items()} == {
        "web": None,
        "worker": "psq",  # whose purge it runs
        "prepare": None,
    }
    # The web server never sees the owner's password.
    assert not [mount for mount in SERVICES["web"]["volumes"] if mount.startswith("owner")]
    everything_else = {
        name: {k: v for k, v in each.items() if k[:6] != "PGUSER" and k[:4] != "PSQ_"} for name, each in roles.items()
    }
    assert everything_else["web"] == everything_else["worker"] == everything_else["prepare"]


@pytest.mark.parametrize("folder", ["media", "downloads"])
def test_who_forgets_files_reaches_them(folder: str) -> None:
    """The worker sweeps drafts and downloads and purges: with a folder of its own, none would ever leave the disk."""
    kept = {name: {m for m in SERVICES[name]["volumes"] if m.startswith(f"{folder}:")} for name in ("web", "worker")}
    assert kept["web"] == kept["worker"] == {f"{folder}:/srv/psq_geo/.local/{folder}"}


def settings_as_written() -> str:
    return "".join(part.read_text() for part in sorted((ROOT / "psq_geo" / "settings").glob("*.py")))


def test_every_setting_that_is_passed_on_is_read() -> None:
    settings = settings_as_written()
    # `secret` reads a variable, or the file that the same name with _FILE tells.
    passed = {name.removesuffix("_FILE") for name in SERVICES["web"]["environment"] if name.startswith("PSQ_")}
    assert {name for name in passed if not re.search(f"[\"']{name}[\"']", settings)} == set()


# What a container has of its own: the roles and their password files, and folders that are volumes or in the image.
OF_THE_CONTAINERS = {
    "PSQ_APP", "PSQ_APP_PASSWORD", "PSQ_OWNER", "PSQ_OWNER_PASSWORD", "PSQ_OWNER_PASSWORD_FILE", "PSQ_EMAIL_BACKEND",
    "PSQ_EMAIL_FOLDER", "PSQ_MEDIA_ROOT", "PSQ_DOWNLOADS_ROOT", "PSQ_STATIC_ROOT",
}  # fmt: skip


def test_every_variable_may_stand_in_the_env_file() -> None:
    settings = settings_as_written()
    documented = re.findall(r"`(PSQ_[A-Z_]+)", (ROOT / "docs" / "deployment.md").read_text())
    read = re.findall(r"""\b(?:env|env_bool|env_list|env_origins|secret)\(["'](PSQ_\w+)["']""", settings)
    files = [f"{name}_FILE" for name in re.findall(r'\bsecret\("(PSQ_\w+)"', settings)]
    assert {"PSQ_OIDC_ISSUER", "PSQ_STATEMENT_TIMEOUT", "PSQ_SECRET_KEY_FILE"} <= {*read, *files}
    for name in ("prepare", "web", "worker"):
        assert {*documented, *read, *files} - OF_THE_CONTAINERS - set(SERVICES[name]["environment"]) == set()
    # Absent, not empty, where nobody sets it: the settings would take an empty text for a value.
    passed = {name: value for name, value in SERVICES["web"]["environment"].items() if name.startswith("PSQ_")}
    assert {name for name, value in passed.items() if value is not None} == {"PSQ_DEMO"}


def test_what_the_image_copies_exists() -> None:
    copied = [shlex.split(rest)[:-1] for rest in said("COPY")]
    assert [source for sources in copied for source in sources if not (ROOT / source).exists()] == []
    ignored = set((ROOT / ".dockerignore").read_text().split())
    assert {source for sources in copied for source in sources} & ignored == set()
    assert {".git", ".venv", ".local"} <= ignored


def test_what_the_image_installs_is_what_setup_installs() -> None:
    steps = [step.strip() for rest in said("RUN") for step in rest.split("&&")]
    assert steps.index("scripts/setup --no-database") < steps.index("scripts/serve static")
    assert [step for step in steps if re.search(r"\b(apt|apt-get|pip|npm|curl|wget)\b", step.split(" ")[0])] == []
    before = [
        source
        for name, rest in instructions()[: instructions().index(("COPY", ". ."))]
        if name == "COPY"
        for source in rest.split()
    ]
    for read in re.findall(r"^install_python (\S+\.txt)", (ROOT / "scripts" / "setup").read_text(), re.M):
        assert read in before


def test_the_image_serves_as_nobody_important() -> None:
    order = [word for word, _ in instructions()]
    assert said("USER") == ["psq"]
    assert order.index("USER") > max(i for i, word in enumerate(order) if word in {"RUN", "COPY"})
    check_command(json.loads(said("CMD")[0]))
    check_command(json.loads(said("HEALTHCHECK")[0].partition("CMD ")[2]))


def test_the_passwords_are_made_once(tmp_path: Path) -> None:
    """The script of the containers on real folders; `chown` is left out, since its users live in the images."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "chown").symlink_to("/bin/true")
    folders = [tmp_path / "database", tmp_path / "owner", tmp_path / "application"]
    for folder in folders:
        folder.mkdir()
    command = [str(ROOT / "scripts/docker/keys"), *map(str, folders)]
    texts = []
    for _ in range(2):
        subprocess.run(command, env={"PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin"}, check=True)
        texts.append(
            {f"{folder.name}/{path.name}": path.read_text().strip() for folder in folders for path in folder.iterdir()}
        )
    assert texts[0] == texts[1]
    made = texts[0]
    assert set(made) == {"database/postgres", "database/psq", "database/psq_app", "owner/pgpass", "application/pgpass"}
    assert made["application/pgpass"] == f"*:*:*:psq_app:{made['database/psq_app']}"
    assert made["owner/pgpass"] == f"*:*:*:psq:{made['database/psq']}\n{made['application/pgpass']}"
    assert len({made["database/postgres"], made["database/psq"], made["database/psq_app"]}) == 3
    assert {path.stat().st_mode & 0o777 for folder in folders for path in folder.iterdir()} == {0o600}
