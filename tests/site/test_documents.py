"""The generated documents say what the code does."""

from io import StringIO

from django.core.management import call_command


def test_the_workflows_are_written_down(db):
    call_command("print_workflows", "--check", stdout=StringIO())


def test_the_notices_are_written_down(db):
    call_command("print_notices", "--check", stdout=StringIO())
