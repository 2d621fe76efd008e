"""Names for invented people: common surnames and given names, put together by a fixed seed."""

from collections.abc import Iterator
from random import Random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
GIVEN_NAMES = """
    建国 建军 志强 志刚 国庆 海涛 永红 晓东 晓峰 文斌 俊杰 立新 宏伟 明亮 玉柱 卫东 春生 长江 振华 德福
    秀兰 秀芳 玉梅 玉珍 桂兰 桂英 淑芬 淑华 春梅 春花 雪梅 晓燕 晓红 丽娟 丽萍 美玲 海燕 彩霞 爱华 月娥
    浩然 子轩 雨桐 梓涵 欣怡 思远 佳宁 一鸣 若曦 诗涵 天宇 嘉豪 静怡 雅婷 晨曦 博文 可欣 宇航 梦瑶 心怡
    强 伟 勇 军 磊 涛 鹏 飞 斌 波 超 亮 刚 平 辉 静 敏 丽 艳 娜 芳 燕 娟 霞 玲 倩 琳 洁 莉 萍
"""
SEED = 1410


def names(taken: set[str]) -> Iterator[str]:
    """Ever new names, the same ones at every call; those in ``taken`` are passed over."""
    given = GIVEN_NAMES.split()
    rng, seen = Random(SEED), set(taken)  # noqa: S311 - invented people, nothing secret
    while True:
        name = rng.choice(SURNAMES) + rng.choice(given)
        if name not in seen:
            seen.add(name)
            yield name
