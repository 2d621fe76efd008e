"""Pictures of the demo: simple scenes drawn by the portal itself, with a quiet mark in the corner."""

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 720
KEPT = (640, 480)
WALLS = {"": ("#98a49f", "#b9c2bd"), "done": ("#b6bfb6", "#d9d3c7")}


def picture(scene: str, number: int = 0) -> SimpleUploadedFile:
    """A drawn JPEG of ``scene`` ("leak", "dark" …; with "-done" after the work), as an upload."""
    name, _dash, state = scene.partition("-")
    wall, floor = WALLS["done" if state else ""]
    image = Image.new("RGB", (WIDTH, HEIGHT), wall)
    draw = ImageDraw.Draw(image)
    horizon = 440 + 12 * number
    draw.rectangle((0, horizon, WIDTH, HEIGHT), fill=floor)
    _building(draw, horizon, dark=name == "dark" and not state)
    DRAWN.get(name, _road)(draw, horizon, done=bool(state))
    draw.rectangle((WIDTH - 150, HEIGHT - 44, WIDTH - 14, HEIGHT - 14), outline="#f7f4ee", width=2)
    draw.text((WIDTH - 136, HEIGHT - 36), "DEMO", fill="#f7f4ee", font_size=20)
    target = BytesIO()
    image.resize(KEPT).save(target, "JPEG", quality=80)
    return SimpleUploadedFile(f"{scene}-{number}.jpg", target.getvalue(), "image/jpeg")


def _building(draw: ImageDraw.ImageDraw, horizon: int, *, dark: bool) -> None:
    draw.rectangle((110, 90, 400, horizon), fill="#6d7a75")
    for left in range(140, 380, 84):
        for top in range(120, horizon - 90, 96):
            draw.rectangle((left, top, left + 46, top + 56), fill="#2b3633" if dark else "#c8d6da")
    draw.rectangle((620, 150, 860, horizon), fill="#7d8b82")
    draw.rectangle((690, horizon - 180, 790, horizon), fill="#59655f")


def _leak(draw: ImageDraw.ImageDraw, horizon: int, *, done: bool) -> None:
    draw.line((540, 60, 540, horizon), fill="#e9eef0", width=26)
    if done:
        draw.rectangle((520, 240, 560, 330), fill="#0e6b62")
        return
    draw.ellipse((180, horizon + 80, 840, horizon + 220), fill="#5c8296")
    for drop in range(4):
        draw.ellipse((534, 300 + drop * 44, 548, 322 + drop * 44), fill="#cfe0e8")


def _dark(draw: ImageDraw.ImageDraw, horizon: int, *, done: bool) -> None:
    draw.line((500, 120, 500, horizon + 60), fill="#3a4744", width=14)
    draw.ellipse((460, 70, 540, 140), fill="#ffe9a8" if done else "#3a4744")


def _rubbish(draw: ImageDraw.ImageDraw, horizon: int, *, done: bool) -> None:
    for index, left in enumerate(range(420, 700, 90)):
        colour = "#2c7448" if done else ("#8a5a00", "#55635f", "#b02a1c", "#48576b")[index % 4]
        draw.rectangle((left, horizon + 30, left + 70, horizon + 150), fill=colour)
    if not done:
        draw.polygon([(330, horizon + 190), (420, horizon + 80), (520, horizon + 190)], fill="#6f5b3f")


def _road(draw: ImageDraw.ImageDraw, horizon: int, *, done: bool) -> None:
    draw.polygon([(300, HEIGHT), (460, horizon), (560, horizon), (760, HEIGHT)], fill="#7c8480")
    if not done:
        draw.ellipse((450, horizon + 110, 610, horizon + 190), fill="#3f4643")


def _wires(draw: ImageDraw.ImageDraw, horizon: int, *, done: bool) -> None:
    draw.rectangle((500, horizon + 20, 720, horizon + 110), fill="#23559c")
    if not done:
        draw.line((300, 160, 420, 300, 600, horizon + 40), fill="#1d2b2a", width=6)


def _gym(draw: ImageDraw.ImageDraw, horizon: int, *, done: bool) -> None:
    draw.line((500, horizon - 60, 500, horizon + 160), fill="#23559c", width=18)
    draw.line((430 if done else 460, horizon - 50, 570, horizon - (50 if done else 0)), fill="#b02a1c", width=16)


def _lift(draw: ImageDraw.ImageDraw, horizon: int, *, done: bool) -> None:
    draw.rectangle((460, 140, 620, horizon + 60), fill="#b0b8b4", outline="#55635f", width=8)
    draw.line((540, 140, 540, horizon + 60), fill="#55635f", width=6)
    draw.ellipse((640, 280, 664, 304), fill="#2c7448" if done else "#b02a1c")


def _door(draw: ImageDraw.ImageDraw, horizon: int, *, done: bool) -> None:
    draw.rectangle((440, 180, 600, horizon + 40), fill="#46524e")
    if not done:
        draw.polygon([(440, 180), (520, 210), (520, horizon + 80), (440, horizon + 40)], fill="#8d9a95")


def _drain(draw: ImageDraw.ImageDraw, horizon: int, *, done: bool) -> None:
    draw.ellipse((420, horizon + 90, 640, horizon + 190), fill="#3f4643", outline="#1d2b2a", width=6)
    if not done:
        draw.ellipse((330, horizon + 70, 730, horizon + 230), outline="#5c8296", width=22)


def _lock(draw: ImageDraw.ImageDraw, horizon: int, *, done: bool) -> None:
    draw.rectangle((380, horizon + 40, 700, horizon + 210), outline="#f7f4ee", width=8)
    if not done:
        draw.polygon([(480, horizon + 170), (540, horizon + 70), (600, horizon + 170)], fill="#b02a1c")


DRAWN = {
    "leak": _leak, "dark": _dark, "rubbish": _rubbish, "road": _road, "wires": _wires, "gym": _gym, "lift": _lift,
    "door": _door, "drain": _drain, "lock": _lock,
}  # fmt: skip
