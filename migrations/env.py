"""Runs the migrations, within one transaction that no one else can write in, on the connection that posture makes."""

from __future__ import annotations

import os

from alembic import context

from posture.errors import UsageMistake
from posture.store.migrate import exclusive


def run() -> None:
    """Run the migrations on the connection that was handed in, or on the database named by -x url= or the environment."""
    if context.is_offline_mode():
        raise UsageMistake("migrations need a database: they look before they change; drop --sql")
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _run_on(connection)
        return
    url = context.get_x_argument(as_dictionary=True).get("url") or os.environ.get("POSTURE_DATABASE_URL")
    if not url:
        raise UsageMistake("name the database: alembic -x url=sqlite:///my.db ..., or set POSTURE_DATABASE_URL")
    with exclusive(url) as connection:
        _run_on(connection)


def _run_on(connection: object) -> None:
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()


run()
