"""A PostgreSQL of our own for the tests: made in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from odr import schema
from odr.db import Database

# Nothing here has to outlive the tests, so nothing waits for the disk.
HASTE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


class Cluster:
    """One server with a template database that holds the schema."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._serial = count(1)

    @classmethod
    def start(cls) -> Cluster:
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        cluster = cls(Path(tempfile.mkdtemp(prefix="odr-pg-", dir=memory)))
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(cluster.folder, "postgres", "postgres")
        data = cluster.folder / "data"
        _run("initdb", "-D", data, "-U", "odr", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-k {cluster.folder} -c listen_addresses= {HASTE}"
        _run("pg_ctl", "-D", data, "-w", "-l", cluster.folder / "log", "-o", options, "start")
        template = Database(cluster._create("court"))
        schema.upgrade(template)
        template.close()
        return cluster

    def stop(self) -> None:
        _run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def database(self) -> str:
        """The URL of a fresh database with the schema in it."""
        return self._create(f"test{next(self._serial)}", "TEMPLATE court STRATEGY file_copy")

    def drop(self, url: str) -> None:
        """Forget a database that `database` gave."""
        self._do(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")

    def url(self, name: str) -> str:
        return f"postgresql://odr@/{name}?host={self.folder}"

    def _create(self, name: str, how: str = "") -> str:
        self._do(f"CREATE DATABASE {name} {how}")
        return self.url(name)

    def _do(self, statement: str) -> None:
        url = self.url("postgres").replace("postgresql:", "postgresql+psycopg:")
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


def _run(program: str, *arguments: object) -> None:
    folders = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    binary = shutil.which(program, path=os.pathsep.join([*folders, os.environ.get("PATH", "")]))
    if binary is None:
        raise FileNotFoundError(f"{program} is missing: the domain tests need PostgreSQL (apt: postgresql)")
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    subprocess.run(
        [binary, *map(str, arguments)],
        check=True,
        cwd="/",
        stdout=subprocess.DEVNULL,
        **user,  # type: ignore[call-overload]
    )
