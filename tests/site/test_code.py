"""Sizes and habits of the code itself."""

import ast
import re
import subprocess

from tests.site.ground import ROOT, short, sources, templates, tree

LONGEST_FILE = 400
LONGEST_VIEW = 45
LONG_VIEW = 40


def views() -> list[tuple[str, ast.FunctionDef]]:
    return [
        (short(path), node)
        for path in sources()
        if path.name == "views.py" or "views" in path.parts
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
    ]


def length(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_files_are_short():
    long = [
        f"{short(path)}: {lines}" for path in sources() if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    ]
    assert long == []


def test_views_are_short():
    assert [f"{where} {node.name}" for where, node in views() if length(node) > LONGEST_VIEW] == []
    lengths = [length(node) for _where, node in views()]
    assert sum(lines > LONG_VIEW for lines in lengths) <= len(lengths) / 10


def test_views_read_through_queries():
    direct = [
        f"{where} {node.name}" for where, node in views() if re.search(r"\b[A-Z]\w+\.objects\b", ast.unparse(node))
    ]
    assert direct == []


def test_no_imports_inside_functions():
    inside = [
        f"{short(path)}:{inner.lineno}"
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_actions_take_keywords_only():
    """``base.py`` of an actions package holds the parts that its actions share."""
    loose = [
        f"{short(path)} {node.name}"
        for path in sources("accounts", "communities", "notifications", "grievances")
        if (path.name == "actions.py" or "actions" in path.parts) and path.name != "base.py"
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not node.decorator_list
        and len(node.args.args) > 1 and node.name not in {"take_due_step", "address_of"}
    ]  # fmt: skip
    assert loose == []


def test_public_functions_say_what_they_do():
    silent = [
        f"{short(path)}:{node.lineno} {node.name}"
        for path in sources()
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        and not ast.get_docstring(node) and path.name not in ("apps.py", "urls.py", "admin.py")
        and "management" not in path.parts and node.name != "Command"
    ]  # fmt: skip
    assert silent == []


def test_templates_carry_no_inline_script_style_or_handler():
    pattern = re.compile(r"\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)|<style|\|safe\b|javascript:")
    found = [
        f"{short(path)}:{number}"
        for path in templates()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_nothing_names_a_registry_or_a_machine():
    pattern = re.compile(r"pypi\.org|pythonhosted|registry\.npm|npmjs\.(?:org|com)|(?<![\w.])/(?:root|work|home)/")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = []
    for path in (ROOT / name for name in listed.splitlines()):
        if path.name == "test_code.py" or "tests/bin" in str(path) or not path.is_file():
            continue
        found += [f"{short(path)}: {match}" for match in pattern.findall(path.read_text("utf-8", errors="ignore"))]
    assert found == []
