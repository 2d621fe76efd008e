"""Taking out of a text what says who somebody is or where they live: numbers, names, plates, doors.

A first pass for the person who releases it, never the last word: they read the text beside the original.
"""

import re
from collections.abc import Collection

from django.utils.translation import gettext as _

FAMILIES = (
    "欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|司徒|夏侯|东方|令狐|宇文|长孙|"
    "[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴"
    "夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文樊兰殷施陶洪翟安颜倪"
    "严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳邢岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫"
    "查屈鲍覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边净]"
)
TITLES = "先生|女士|小姐|老师|师傅|大夫|医生|经理|大爷|大妈|大娘|大叔|大哥|大姐|阿姨|叔叔|奶奶|爷爷"
_SIGN = "一-鿿"
_COUNT = r"[\d一二三四五六七八九十百两]{1,4}"
_GAP = r"[ \t\u3000\-－–—.·．()（）]{0,2}"
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")

PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][ ]?[A-Za-z][ \-·•.]?"
    r"(?=[A-Za-z\d]*\d)[A-Za-z\d]{4,5}[A-Za-z\d挂学警港澳领]"
)
_DAY = r"20\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])(?!\d)"
NUMBERS = re.compile(
    rf"(?P<day>{_DAY})|(?P<run>\d(?:{_GAP}\d){{6,}}[Xx]?)|(?P<spoken>[〇零一二三四五六七八九幺]{{7,}})"
)
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
HANDLE = re.compile(r"((?:微信|QQ|扣扣|抖音)号?(?:是|为)?[:： ]?) ?[A-Za-z\d][\w-]{4,19}", re.I)
_ROOM = rf"(?:第?{_COUNT}[ ]?[层楼][ ]?)?(?:[A-Za-z]?\d{{3,4}}(?!\d)[ ]?(?:室|号房?|户|房间?)?|{_COUNT}[ ]?(?:室|号房?|户)(?!楼))"
DOORS = (
    (re.compile(r"(?<!\d)(\d{1,3})[ ]?[-－–—#][ ]?\d{1,2}[ ]?[-－–—#][ ]?\d{3,4}(?!\d)"), r"\1 号楼"),
    (re.compile(rf"[，, ]?第?{_COUNT}[ ]?单元[\-－–—，,、 的]{{0,2}}(?:{_ROOM})?"), ""),
    (re.compile(rf"({_COUNT}[ ]?(?:号楼|栋|幢|座|号院))[\-－–—，,、 的]{{0,2}}{_ROOM}"), r"\1"),
    (re.compile(r"(?<!\d)[A-Za-z]?\d{3,4}[ ]?(?:室|户|房)(?!间距)"), ""),
)
NAMED = re.compile(
    rf"((?:姓名|联系人|户主|本人|业主)[ ]?(?:[:：]|是|为|叫))[ ]?[{_SIGN}]{{2,4}}|((?:我叫|名叫))[{_SIGN}]{{2,3}}"
)
TITLED = re.compile(rf"(?:{FAMILIES})[{_SIGN}]{{0,2}}?(?=(?:{TITLES}))")


def mask(text: str, *, names: Collection[str] = ()) -> str:
    """The text as it may be shown to everybody.

    Args:
        text: what somebody wrote.
        names: the names of the people concerned, taken out wherever they stand.

    Returns:
        The text without telephone and identity numbers, plates, addresses of mail and chat, unit and door
        numbers (the building stays: 3 号楼2单元501 → 3 号楼) and names.
    """
    shown = _INVISIBLE.sub("", text)
    for name in sorted((name for name in names if len(name) > 1), key=len, reverse=True):
        shown = shown.replace(name, _("某某"))
    shown = MAIL.sub(_("（邮箱已隐去）"), shown)
    shown = HANDLE.sub(lambda found: found[1] + _("（账号已隐去）"), shown)
    shown = PLATE.sub(_("（车牌已隐去）"), shown)
    for pattern, instead in DOORS:
        shown = pattern.sub(instead, shown)
    shown = NUMBERS.sub(lambda found: found["day"] or _("（号码已隐去）"), shown)
    shown = NAMED.sub(lambda found: (found[1] or found[2]) + _("某某"), shown)
    return TITLED.sub(_("某"), shown)


def left_in(text: str, *, names: Collection[str] = ()) -> list[str]:
    """What a text still holds that nobody but staff may read, in words; empty where it may be shown."""
    plain = _INVISIBLE.sub("", text)
    found = []
    if any(match["run"] or match["spoken"] for match in NUMBERS.finditer(plain)) or MAIL.search(plain):
        found.append(_("电话、证件号或其他号码"))
    if PLATE.search(plain):
        found.append(_("车牌"))
    if any(pattern.search(plain) for pattern, _instead in DOORS):
        found.append(_("单元和门牌"))
    found += [name for name in names if len(name) > 1 and name in plain]
    return found
