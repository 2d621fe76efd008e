"""One town for a whole module: each person sits down once, and every page they see is looked at."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Locator, Page, Response, expect

from grievances import actions
from grievances.models import Case
from grievances.queries import category_by_code
from grievances.routing import Holder
from grievances.views.cases import DONE
from tests.browser.hands import DESK, PHONE, RESULT, WORDS, Town, assert_clean

CARRIES_A_PHONE = frozenset({"李晓梅", "刘玉兰", "赵建国", "钱芳"})
# Chromium writes an answer such as 409 or 422 into the console; the pages say it in words.
ANSWERED = re.compile(r"status of 4(09|22)")


@dataclass
class Seats(Town):
    """Residents and workers sit at a phone, dispatchers and officials at a desk; the other way round if ``swapped``."""

    swapped: bool = False
    pages: dict[str, Page] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    looked: set[tuple[str, str]] = field(default_factory=set)

    def seat(self, name: str) -> Page:
        """The page of somebody, signed in at the first time."""
        if name not in self.pages:
            page = self.person(name, PHONE if (name in CARRIES_A_PHONE) != self.swapped else DESK)
            page.on("pageerror", lambda error: self.errors.append(f"{name}: {error}"))
            page.on("console", lambda said: said.type == "error" and self._hear(name, said.text))
            page.on("response", lambda answer: self._watch(name, answer))
            self.pages[name] = page
        return self.pages[name]

    def open(self, name: str, path: str) -> Page:
        """Go to an address as somebody, and look at what is there."""
        page = self.seat(name)
        page.goto(path)
        self.look(page, name, re.sub("[0-9]+", "…", path))
        return page

    def look(self, page: Page, name: str, where: str) -> None:
        """Nothing that axe calls serious (once for each person and page), then what ``glance`` sees."""
        if (name, where) not in self.looked:
            assert_clean(page, f"{name} {where}")
            self.looked.add((name, where))
        self.glance(page, f"{name} {where}")

    def glance(self, page: Page, where: str) -> None:
        """Nothing wider than the screen, nothing in the console."""
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], f"{where}: {wide[0]} px wide on a screen of {wide[1]} px"
        assert not self.errors, f"{where}: {self.errors}"

    def sees(self, name: str, case: Case, *words: str) -> Page:
        """Somebody opens the case and reads these words."""
        page = self.seat(name)
        page.goto(f"/cases/{case.pk}/")
        self.glance(page, f"{name} {case.number}")
        for one in words:
            expect(page.locator("main").last).to_contain_text(one)
        return page

    def form(self, name: str, case: Case, step: str) -> Locator:
        """The case with the form of a turn open, looked at."""
        page = self.seat(name)
        page.goto(f"/cases/{case.pk}/?turn={step}")
        form = page.locator(f"#step-{step}")
        form.wait_for(state="attached")
        if not form.is_visible():
            page.locator(f"details:has(#step-{step}) > summary").last.click()
        self.look(page, name, f"turn {step}")
        return form

    def turn(self, name: str, case: Case, step: str, **given: Any) -> Page:
        """Take a turn through its form, and read that it was taken."""
        form = self.form(name, case, step)
        fill(form, step, given)
        press(form)
        page = self.seat(name)
        expect(page.locator("body")).to_contain_text(str(DONE[step]))
        case.refresh_from_db()
        return page

    def case_of(self, upto: str = "accept", category: str = "noise-02", text: str = WORDS) -> Case:
        """A case of 李 in the hands of 赵, or as far as ``upto`` (report, dispatch, accept, result) says."""
        now, grid = timezone.now(), self.cast.areas["滨河社区第1网格"]
        at = [now - timedelta(minutes=minutes) for minutes in (40, 30, 20, 10)]
        far = ["report", "dispatch", "accept", "result"].index(upto)
        case = actions.report(
            by=self.cast["li"], area=grid, text=text, at=at[0], recorded_at=at[0], category=category_by_code(category)
        )
        if far > 0:
            holder = Holder(role="grid_worker", area=grid)
            actions.dispatch(case_id=case.pk, by=self.cast["sun"], holder=holder, why="属第1网格", at=at[1])
        if far > 1:
            actions.accept(case_id=case.pk, by=self.cast["zhao"], at=at[2])
        if far > 2:
            actions.result(case_id=case.pk, by=self.cast["zhao"], result_text=RESULT, at=at[3])
        return Case.objects.get(pk=case.pk)

    def _hear(self, name: str, text: str) -> None:
        if not ANSWERED.search(text):
            self.errors.append(f"{name}: {text}")

    def _watch(self, name: str, answer: Response) -> None:
        if answer.status >= 500:
            self.errors.append(f"{name}: {answer.status} {answer.url}")


def fill(form: Locator, step: str, given: dict[str, Any]) -> None:
    """Write and choose as a person does: fields by name, radios and lists by value."""
    for name, value in given.items():
        fields = form.locator(f'[name="{step}-{name}"]')
        kind = fields.first.evaluate("field => field.tagName + ':' + field.type")
        if kind.startswith("SELECT"):
            fields.select_option(value)
        elif kind.endswith(":radio"):
            form.locator(f'label:has([name="{step}-{name}"][value="{value}"])').click()
        else:
            fields.fill(value)


def press(form: Locator) -> None:
    """The button of a form."""
    form.locator("button:not([type=button]):not([name])").last.click()
    form.page.wait_for_load_state()


def day(days: int) -> str:
    """A day from now, as a date field takes it."""
    return (timezone.localdate() + timedelta(days=days)).isoformat()
