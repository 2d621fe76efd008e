"""The printed table: a diagram with the ways back, and who may take which step."""

from core.management.commands.print_workflows import described, diagram, matrix
from core.workflow import BACK, SAME
from grievances.actions import flow
from grievances.workflow import MERGEABLE, Relation


def test_what_goes_back_leads_to_every_state_a_pause_began_from():
    lines = "".join(diagram(flow))
    for state in MERGEABLE:
        assert f"    merged --> {state}: unmerge\n" in lines
    assert BACK not in lines
    assert SAME not in lines


def test_steps_between_the_same_states_share_an_arrow():
    arrows = [line.partition(":")[0] for line in diagram(flow)]
    assert len(arrows) == len(set(arrows))
    assert "    waiting --> handling: reporter_answers, end_waiting\n" in diagram(flow)
    assert "    rejected --> [*]\n" in diagram(flow)


def test_a_row_per_step_and_a_column_per_relation():
    rows = [line.split("|")[1:-1] for line in matrix(flow)[1:]]
    head, cells = [name.strip() for name in rows[0]], rows[2:]
    assert set(head[1:]) == {str(relation) for relation in Relation} | {"system"}
    for step, row in zip(flow.steps.values(), cells, strict=True):
        open_to = {name for name, cell in zip(head, row, strict=True) if cell.strip() == "●"}
        assert (row[0].strip(), open_to) == (f"`{step.name}`", set(step.by))


def test_the_whole_of_it_is_well_formed():
    text = described(flow)
    assert text.count("```") == 2
    widths = {line.count("|") for line in text.splitlines() if line.startswith("| `")}
    assert len(widths) == 2
