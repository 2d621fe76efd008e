"""What hands do in the tests of the browser: come, sign in, fill, press; and what workers do in between."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from core import outbox
from core.media.actions import make_missing_versions
from grievances import actions
from grievances.models import Case
from grievances.queries import category_by_code
from grievances.routing import Holder
from notifications.actions import send_waiting
from notifications.models import DemoSms
from tests.cast import Cast
from tests.core.media.pictures import encoded, scene

PHONE, DESK = (390, 844), (1440, 900)
WORDS = "三号楼门口的垃圾三天没有清，味道很大，请派人来看看。"
RESULT = "已联系保洁公司，垃圾当天清完，以后每天早晚各清一次。"
SERIOUS = frozenset({"serious", "critical"})


@dataclass
class Town:
    """The cast, a browser and the address of the live server."""

    cast: Cast
    browser: Browser
    url: str
    contexts: list[BrowserContext] = field(default_factory=list)

    def visitor(self, size: tuple[int, int] = PHONE, **options: Any) -> Page:
        """A page of somebody new, in a context of their own; ``size`` in CSS pixels."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, base_url=self.url, locale="zh-CN", **options
        )
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        return context.new_page()

    def person(self, name: str, size: tuple[int, int] = PHONE, **options: Any) -> Page:
        """A page of somebody of the cast, signed in by one press and with 滨河社区 chosen."""
        page = self.visitor(size, **options)
        page.goto("/demo/people/")
        page.get_by_role("button", name=name).first.click()
        page.wait_for_load_state()
        self.choose(page)
        return page

    def choose(self, page: Page) -> None:
        """Choose 滨河社区 through the search."""
        page.goto("/communities/?q=滨河")
        page.locator(".place-row").first.click()
        page.wait_for_load_state()

    def case(self, upto: str = "report") -> Case:
        """A case of 李 brought to where ``upto`` (report, dispatch, accept, result) leaves it, by the actions."""
        cast, now = self.cast, timezone.now()
        grid = cast.areas["滨河社区第1网格"]
        ago = [now - timedelta(minutes=minutes) for minutes in (40, 30, 20, 10)]
        case = actions.report(
            by=cast["li"], area=grid, text=WORDS, at=ago[0], recorded_at=ago[0], category=category_by_code("noise-02")
        )
        if upto in ("dispatch", "accept", "result"):
            holder = Holder(role="grid_worker", area=grid)
            actions.dispatch(case_id=case.pk, by=cast["sun"], holder=holder, why="属第1网格", at=ago[1])
        if upto in ("accept", "result"):
            actions.accept(case_id=case.pk, by=cast["zhao"], at=ago[2])
        if upto == "result":
            actions.result(case_id=case.pk, by=cast["zhao"], result_text=RESULT, at=ago[3])
        return Case.objects.get(pk=case.pk)

    def leave(self) -> None:
        """Close what was opened."""
        for context in self.contexts:
            context.close()


def work() -> None:
    """What the workers do between two people: notices, texts, shown copies of photos."""
    now = timezone.now() + timedelta(minutes=1)
    while outbox.drain(at=now):
        continue
    while send_waiting(at=now):
        continue
    while make_missing_versions(at=now):
        continue


def photo(name: str = "scene.jpg", size: tuple[int, int] = (640, 480)) -> dict[str, Any]:
    """A photo as the file chooser takes it."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": encoded(scene(size))}


def upload(page: Page, name: str, *files: dict[str, Any]) -> None:
    """Choose files and wait until each is here."""
    box = page.locator(f'[data-photos][data-name="{name}"]')
    box.locator("[data-photos-input]").set_input_files(list(files))
    box.locator('[data-photo][data-state="here"]').nth(len(files) - 1).wait_for()


def texts_to(phone: str) -> list[str]:
    """What was sent to a phone, oldest first."""
    return list(DemoSms.objects.filter(phone=phone).order_by("pk").values_list("text", flat=True))


def assert_clean(page: Page, where: str) -> None:
    """No violation that axe calls serious or critical."""
    page.wait_for_load_state()
    found = Axe().run(page).response["violations"]
    bad = [
        f"{one['id']}: "
        + " | ".join(node["html"][:160] + " " + str(node.get("failureSummary"))[:300] for node in one["nodes"][:4])
        for one in found
        if one["impact"] in SERIOUS
    ]
    assert not bad, f"{where}: " + "\n".join(bad)


def fill_report(page: Page, area: int, category: str = "env-01") -> None:
    """The report without photos, as far as the button."""
    page.goto("/report/")
    page.locator("[name=text]").fill(WORDS)
    place = page.locator("[name=area]")
    if place.first.evaluate("field => field.tagName") == "SELECT":
        place.select_option(str(area))
    else:
        page.locator(f'[name=area][value="{area}"]').check(force=True)
    page.locator("[name=address]").fill("3 号楼门口")
    page.locator(f'.kind:has(input[value="{category}"]) .kind__main').click()
    page.locator(f'.choice:has(input[value="{category}"])').click()


def send(page: Page, words: str) -> None:
    """Press the button with these words, and wait for the answer."""
    page.get_by_role("button", name=words, exact=True).last.click()
    page.wait_for_load_state()
