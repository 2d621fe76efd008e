"""Invented people of the demo, and the invented places they live and work in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Compound:
    """A 小区: its community's code, grids (each a list of buildings), and homes per building."""

    key: str
    community: str
    name: str
    grids: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Staff:
    """Somebody with a role at a place: ``place`` is a code, or "compound/number of the grid"."""

    name: str
    role: str
    place: str
    words: str


@dataclass(frozen=True)
class Body:
    """An organisation with its kind, phone, the places it serves, and its people (the first leads)."""

    name: str
    kind: str
    phone: str
    places: tuple[str, ...]
    people: tuple[str, ...]


XIGUAN, GULOU, PINGYANG, YAOYUAN = "141002002004", "141002002005", "141002001002", "141002004004"
WEST_STREET, DISTRICT, CITY = "141002002", "141002", "1410"

COMPOUNDS = (
    Compound("jinxiu", XIGUAN, "锦绣花园", (("1 号楼", "2 号楼", "3 号楼"), ("5 号楼", "6 号楼", "7 号楼"))),
    Compound("fudong", XIGUAN, "府东小区", (("1 号楼", "2 号楼", "3 号楼"),)),
    Compound("gulou", GULOU, "鼓楼花园", (("1 号楼", "2 号楼"),)),
    Compound("gucheng", GULOU, "古城家园", (("甲楼", "乙楼"),)),
    Compound("pingyang", PINGYANG, "平阳小区", (("1 号楼", "2 号楼"),)),
    Compound("yaoyuan", YAOYUAN, "尧园里", (("东楼", "西楼"),)),
)

STAFF = (
    Staff("秦岚", "city_admin", CITY, "市级管理员 · 临汾市"),
    Staff("朱涛", "district_official", DISTRICT, "县（市、区）干部 · 尧都区"),
    Staff("韩磊", "street_official", WEST_STREET, "街道干部 · 鼓楼西街街道"),
    Staff("杨静", "dispatcher", WEST_STREET, "派单员 · 鼓楼西街街道"),
    Staff("何云", "area_admin", WEST_STREET, "辖区管理员 · 鼓楼西街街道"),
    Staff("周敏", "community_head", XIGUAN, "社区书记 · 西关社区"),
    Staff("孙丽", "community_staff", XIGUAN, "社区工作者 · 西关社区"),
    Staff("郑洁", "community_head", GULOU, "社区书记 · 鼓楼社区"),
    Staff("冯涛", "community_staff", GULOU, "社区工作者 · 鼓楼社区"),
    Staff("褚云", "community_staff", PINGYANG, "社区工作者 · 平阳社区"),
    Staff("蒋欣", "community_staff", YAOYUAN, "社区工作者 · 尧园社区"),
    Staff("赵建国", "grid_worker", "jinxiu/1", "网格员 · 锦绣花园第 1 网格"),
    Staff("钱芳", "grid_worker", "jinxiu/2", "网格员 · 锦绣花园第 2 网格"),
    Staff("吴磊", "grid_worker", "fudong/1", "网格员 · 府东小区网格"),
    Staff("陈刚", "grid_worker", "gulou/1", "网格员 · 鼓楼花园网格"),
    Staff("卫强", "grid_worker", "pingyang/1", "网格员 · 平阳小区网格"),
    Staff("沈涛", "grid_worker", "yaoyuan/1", "网格员 · 尧园里网格"),
)

BODIES = (
    Body("锦绣物业", "property", "0357-0000001", ("jinxiu", "gulou"), ("尤伟", "许明")),
    Body("府东物业", "property", "0357-0000002", ("fudong",), ("吕洋",)),
    Body("平阳物业", "property", "0357-0000003", ("pingyang", "yaoyuan"), ("施磊",)),
    Body("尧都区城市管理局", "department", "0357-0000004", (DISTRICT,), ("张帆", "孔亮")),
    Body("西关社区居民委员会", "residents", "0357-0000005", (XIGUAN,), ()),
)

RESIDENTS = (
    ("李晓梅", "jinxiu", "3 号楼"), ("王强", "jinxiu", "1 号楼"), ("刘玉兰", "jinxiu", "2 号楼"),
    ("张建军", "jinxiu", "5 号楼"), ("陈秀英", "jinxiu", "6 号楼"), ("杨洋", "jinxiu", "7 号楼"),
    ("黄志明", "jinxiu", "7 号楼"), ("周婷", "jinxiu", "3 号楼"), ("吴桂花", "jinxiu", "1 号楼"),
    ("徐浩", "jinxiu", "5 号楼"), ("孙宁", "jinxiu", "6 号楼"), ("马超", "jinxiu", "2 号楼"),
    ("朱慧", "fudong", "1 号楼"), ("胡斌", "fudong", "2 号楼"), ("郭淑珍", "fudong", "3 号楼"),
    ("林峰", "fudong", "1 号楼"), ("何丽", "fudong", "2 号楼"), ("高翔", "fudong", "3 号楼"),
    ("罗敏", "gulou", "1 号楼"), ("梁勇", "gulou", "2 号楼"), ("宋佳", "gulou", "1 号楼"),
    ("谢军", "gulou", "2 号楼"), ("唐艳", "gucheng", "甲楼"), ("韩雪", "gucheng", "乙楼"),
    ("曹磊", "gucheng", "甲楼"), ("邓红", "gucheng", "乙楼"), ("许涛", "pingyang", "1 号楼"),
    ("傅静", "pingyang", "2 号楼"), ("沈阳", "pingyang", "1 号楼"), ("曾丽", "pingyang", "2 号楼"),
    ("彭辉", "yaoyuan", "东楼"), ("吕梅", "yaoyuan", "西楼"), ("苏强", "yaoyuan", "东楼"),
    ("卢静", "yaoyuan", "西楼"), ("蒋文", "yaoyuan", "东楼"), ("蔡芳", "yaoyuan", "西楼"),
)  # fmt: skip
