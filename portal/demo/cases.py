"""Sixty invented requests of the demo: what was said, where, and how far each has come.

``story`` names the course of a case (STORIES); ``ago`` is how many hours before the first start
it was reported; ``scene`` is the picture drawn for it ("" for none).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """One request: ``place`` is "compound/grid number", ``who`` an index into the residents.

    ``praised`` are the words of the rating (None: by the stars), ``reason`` and ``again`` what is said when it
    is opened again and done once more, ``drawn`` the scene of the worker's pictures ("": as the report's).
    """

    place: str
    who: int
    category: str
    text: str
    story: str
    ago: float
    result: str = ""
    scene: str = ""
    kind: str = "help"
    visibility: str = "public"
    stars: int = 5
    praised: str | None = None
    reason: str = "过了一天又坏了，还是老样子。"
    again: str = "又到现场看过，找到原因后重新处理好了。"
    drawn: str = ""
    contacted: bool = True


Course = tuple[tuple[str, float], ...]
_DONE: Course = (("dispatch", 0.4), ("accept", 1.0), ("contact", 1.5), ("result", 20.0))
STORIES: dict[str, Course] = {
    "new": (),
    "sent": (("dispatch", 0.4),),
    "doing": (("dispatch", 0.4), ("accept", 1.0), ("contact", 1.4)),
    "late": (("dispatch", 0.4), ("accept", 2.0), ("contact", 3.0)),
    "back": (("dispatch", 0.4), ("give_back", 3.0)),
    "done": _DONE,
    "closed": (*_DONE, ("rate", 30.0)),
    "unrated": _DONE,
    "again": (*_DONE, ("reopen", 40.0), ("accept", 42.0)),
    "twice": (*_DONE, ("reopen", 40.0), ("accept", 42.0), ("result_again", 60.0), ("reopen", 75.0)),
    "asked": (("dispatch", 0.4), ("accept", 1.0), ("contact", 1.4), ("ask_reporter", 3.0)),
    "longer": (("dispatch", 0.4), ("accept", 1.0), ("contact", 1.4), ("ask_extension", 4.0)),
    "rests": (("dispatch", 0.4), ("accept", 1.0), ("contact", 1.4), ("ask_suspension", 4.0), ("suspend", 6.0)),
    "urged": (("dispatch", 0.4), ("accept", 2.0), ("contact", 3.0), ("urge", 60.0)),
    "to_check": (("dispatch", 0.4), ("accept", 1.0), ("contact", 1.5), ("result", 8.0)),
    "same": (("dispatch", 0.4), ("merge", 1.0)),
    "settled": (
        *_DONE,
        ("reopen", 40.0),
        ("accept", 42.0),
        ("result_again", 60.0),
        ("reopen", 75.0),
        ("accept", 80.0),
        ("result_again", 120.0),
        ("propose_settlement", 130.0),
        ("settle", 140.0),
    ),
    "no": (("reject", 2.0),),
    "gone": (("withdraw", 5.0),),
}


CHECKED = frozenset({"电梯困人"})


def with_check(verb: str, hours: float) -> Course:
    """A step, and after a result the check that the demo's city asks for in some categories."""
    return ((verb, hours), ("check_pass", hours + 0.3)) if verb in ("result", "result_again") else ((verb, hours),)


def hours_of(request: Request) -> Course:
    """The story's steps with hours after the report, drawn together where the report is younger than it is long."""
    course = STORIES[request.story]
    if request.category in CHECKED and request.story != "to_check":
        course = tuple(step for verb, hours in course for step in with_check(verb, hours))
    longest = max((hours for _verb, hours in course), default=0.0)
    squeeze = min(1.0, 0.9 * request.ago / longest) if longest else 1.0
    return tuple((verb, hours * squeeze) for verb, hours in course)


R = Request
REQUESTS = (
    R("jinxiu/1", 0, "水管漏水", "3 号楼楼道口漏水，地面结冰\n一单元门口一直在渗水，早上结了一层冰，老人差点滑倒。", "done", 27,
      "漏水点在 3 号楼一单元入户管接头，已更换接头并铲除结冰，铺了防滑垫。三天后我们再来看一次。", "leak"),
    R("jinxiu/2", 3, "施工噪声", "东门外夜间施工太吵，孩子睡不着。昨晚十一点半还在打桩。", "doing", 5, "", "", "complaint"),
    R("jinxiu/2", 5, "路灯不亮", "7 号楼地下车库照明全灭，推婴儿车下去摔了一跤，请尽快修。", "doing", 9, "", "dark"),
    R("jinxiu/1", 1, "健身器材损坏", "小广场的健身器材螺丝松动，转腰器快掉下来了。", "late", 120, "", "gym"),
    R("jinxiu/1", 2, "独居老人", "对门的老人三天没出门了，敲门没人应，麻烦去看看。", "sent", 1.5),
    R("jinxiu/1", 7, "门禁损坏", "3 号楼二单元门禁坏了，门关不上，晚上什么人都能进。", "sent", 3, "", "door"),
    R("jinxiu/2", 4, "乱堆乱放", "6 号楼后面的绿化带堆着旧家具，好几天了没人拉。", "doing", 26, "", "rubbish"),
    R("jinxiu/1", 0, "电动车充电", "有人从二楼拉线给电动车充电，电线就搭在雨棚上。", "closed", 200,
      "已当面劝导并拆除飞线，车主同意到充电棚充电。楼长每晚巡查一次。", "wires", "help", "public", 5),
    R("jinxiu/2", 6, "物业收费", "物业说今年要涨物业费，没有人通知我们，想知道有没有依据。", "new", 0.5, "", "", "question"),
    R("jinxiu/2", 9, "餐饮油烟", "楼下烧烤店的油烟直冲窗户，一夏天不敢开窗。", "new", 0.3, "", "", "complaint"),
    R("jinxiu/1", 11, "下水道堵塞", "下水道反味，一楼都不敢开窗，井盖那里还往外冒水。", "back", 30, "", "drain"),
    R("jinxiu/1", 8, "楼道照明", "1 号楼三楼到四楼的声控灯不亮，晚上摸黑上楼。", "closed", 320,
      "更换了两只声控灯，并检查了全楼线路，当晚试亮正常。", "dark", "help", "public", 5),
    R("jinxiu/1", 1, "车位占用", "有人用地锁长期占着公共车位，回家没地方停车。", "closed", 420,
      "核实为私装地锁，已拆除 3 处，并贴出公共车位告示。", "lock", "complaint", "public", 4),
    R("jinxiu/2", 10, "暖气不热", "屋里只有十五度，孩子写作业穿着棉袄，麻烦催一下供热公司。", "again", 150,
      "联系供热公司排气两次，室温已到 19 度。", "", "help", "not_public"),
    R("jinxiu/2", 3, "垃圾清运", "5 号楼旁的垃圾桶满了两天没有清，招来一群野猫。", "unrated", 260,
      "已联系保洁当天清运，并把清运频次改为每天两次。", "rubbish"),
    R("jinxiu/1", 2, "电梯故障", "2 号楼电梯最近老是停在五楼半天不动，里面的人急得不行。", "closed", 500,
      "维保单位更换了门机皮带，试运行两天正常，检修记录贴在轿厢内。", "lift", "help", "public", 4),
    R("jinxiu/2", 5, "宠物扰民", "七楼的大狗每天早上五点就叫，遛狗还不牵绳。", "closed", 610,
      "上门沟通，养犬人已办证并答应戴嘴套牵绳，早上改到七点以后遛。", "", "complaint", "not_public", 3),
    R("jinxiu/1", 7, "路面破损", "3 号楼东侧路面塌了一块，昨天有人骑车摔了。", "done", 50,
      "已回填并铺平，养护到明天中午，暂时绕行东侧小路。", "road"),
    R("jinxiu/2", 4, "其他建议", "建议在小广场加两张长椅，老人遛弯有个歇脚的地方。", "doing", 70, "", "", "proposal"),
    R("jinxiu/2", 9, "表扬感谢", "网格员钱芳帮我家老人换灯泡、量血压，跑了三趟，谢谢她。", "closed", 700,
      "已转达感谢，社区月度例会上通报表扬。", "", "praise", "public", 5),
    R("jinxiu/1", 0, "违规租住", "楼上把房子隔成七八间租出去，半夜进进出出，担心消防。", "doing", 20, "", "", "offence"),
    R("jinxiu/1", 8, "消防通道堵塞", "1 号楼消防通道停满了电动车，出事了跑都跑不出来。", "closed", 340,
      "已清出通道并划黄线，停放点移到充电棚北侧，每晚巡查。", "wires", "help", "public", 5),
    R("jinxiu/2", 6, "供水问题", "水压特别小，七楼洗澡都冲不湿头发，持续一周了。", "late", 160),
    R("jinxiu/1", 11, "井盖缺失", "2 号楼前的雨水井盖裂了一半，孩子常在那儿玩。", "doing", 2, "", "drain"),
    R("fudong/1", 12, "下水道堵塞", "4 号楼下水道反味，一楼都不敢开窗。", "sent", 6, "", "drain"),
    R("fudong/1", 13, "路灯不亮", "小区南门两盏路灯不亮，晚上倒车看不见人。", "done", 40,
      "两盏灯的镇流器烧坏，已更换，昨晚试亮正常。", "dark"),
    R("fudong/1", 14, "社区噪声", "广场舞音响太大，孩子中考，能不能小声一点。", "closed", 230,
      "和领队约定晚八点半以前结束，音量调低，并移到东侧广场。", "", "complaint", "public", 4),
    R("fudong/1", 15, "房屋渗漏", "顶楼雨后漏水，天花板泡了一大片，物业说要动维修资金。", "doing", 60, "", "leak"),
    R("fudong/1", 16, "停车秩序", "消火栓前面总停着一辆白色面包车，占着救命的地方。", "closed", 290,
      "车主已移车并当面承诺，消火栓前划了禁停线。", "road", "complaint", "public", 5),
    R("fudong/1", 17, "办事咨询", "想给老人办高龄津贴，要带什么材料，在哪里办？", "closed", 90,
      "已电话告知：带身份证和银行卡到社区一楼 2 号窗口，周一至周五上班时间办理。", "", "question", "not_public", 5),
    R("fudong/1", 12, "垃圾分类", "分类桶的标识都掉了，大家又混着扔。", "unrated", 300,
      "补贴了 12 处标识，志愿者周末在桶边引导。", "rubbish"),
    R("fudong/1", 13, "绿化养护", "门口一棵槐树枯枝很多，刮风往下掉。", "sent", 20),
    R("fudong/1", 14, "居家养老", "老伴行动不便，想问问有没有助餐送上门。", "doing", 24, "", "", "question", "not_public"),
    R("fudong/1", 15, "电动车充电", "充电棚六个插座坏了四个，大家又往楼道里推。", "twice", 210,
      "已更换 4 个插座并加装过载保护。", "wires"),
    R("gulou/1", 18, "邻里纠纷", "楼上空调水滴在我家窗台上，说了几次不管用。", "doing", 30, "", "", "help", "not_public"),
    R("gulou/1", 19, "水管漏水", "楼前自来水管破了，水流了一路。", "closed", 100,
      "供水抢修队两小时内到场，换管 3 米，已恢复供水。", "leak", "help", "public", 5),
    R("gulou/1", 20, "占道经营", "东口早市摆到马路中间，救护车都进不来。", "late", 140, "", "road", "complaint"),
    R("gulou/1", 21, "暖气不热", "暖气管道响得厉害，半夜像敲门一样。", "sent", 8),
    R("gulou/1", 18, "小广告", "楼道墙上全是开锁疏通的小广告，刚刷的白墙。", "closed", 380,
      "志愿者和保洁一起清理了 4 个单元，留了举报电话。", "", "help", "public", 4),
    R("gulou/1", 19, "高空抛物", "楼上往下扔烟头，晒的被子烫了两个洞。", "done", 60,
      "逐户提醒并在楼道口张贴告知书，加装一处仰拍摄像头。", "", "complaint"),
    R("gulou/1", 20, "不属本平台", "我在网上买的手机有问题，商家不退货。", "no", 48, "", "", "complaint", "not_public"),
    R("gucheng/1", 22, "楼道堆物", "甲楼楼道里堆满纸箱和旧鞋柜，走路要侧着身子。", "longer", 28, "", "rubbish"),
    R("gucheng/1", 23, "路面破损", "乙楼门口台阶碎了，老人下楼一脚深一脚浅。", "new", 4, "", "road"),
    R("gucheng/1", 24, "飞线充电", "甲楼三单元有人从窗户拉线充电，太危险了。", "sent", 2, "", "wires"),
    R("gucheng/1", 25, "办事咨询", "居住证在哪里办？要几天能拿到？", "closed", 130,
      "告知到派出所户籍窗口，带租房合同和照片，一般 15 个工作日。", "", "question", "not_public", 4),
    R("gucheng/1", 22, "物业服务", "保安室晚上没有人，外来车辆随便进。", "gone", 75, "", "", "complaint"),
    R("pingyang/1", 26, "供电故障", "1 号楼下午停电两次，冰箱里的东西都坏了。", "closed", 180,
      "供电所更换了单元总空开，观察三天未再跳闸。", "dark", "help", "public", 5),
    R("pingyang/1", 27, "电梯困人", "2 号楼电梯又把人关在里面十分钟，请检查一下。", "to_check", 11, "", "lift", "complaint"),
    R("pingyang/1", 28, "犬只扰民", "流浪狗在单元门口追孩子，不敢让孩子自己下楼。", "sent", 7),
    R("pingyang/1", 29, "健身器材损坏", "漫步机断了一根横梁，用铁丝绑着。", "done", 90,
      "已焊接加固并更换护套，厂家下周来复检。", "gym"),
    R("pingyang/1", 26, "停车秩序", "小区门口双排停车，公交车都过不去。", "unrated", 330,
      "交警和社区联合劝离，门口加了 12 个隔离桩。", "road"),
    R("pingyang/1", 27, "其他建议", "能不能在小区门口放个旧衣回收箱？", "closed", 240,
      "已联系回收企业，西门放了一个，每周二清箱。", "", "proposal", "public", 5),
    R("yaoyuan/1", 30, "河道保洁", "门前水渠漂着好多塑料袋，味道很大。", "closed", 270,
      "保洁队打捞了一天，已安排每周两次巡查。", "drain", "help", "public", 4),
    R("yaoyuan/1", 31, "楼道照明", "西楼一楼的灯坏了一个月，老人摔过一次。", "again", 190,
      "已更换一楼灯泡，试亮正常。", "dark"),
    R("yaoyuan/1", 32, "暖气不热", "东楼四楼边户只有十六度，测温枪测过了。", "sent", 10),
    R("yaoyuan/1", 33, "助残服务", "邻居腿脚不便，想申请一条进楼的坡道。", "asked", 55, "", "", "help", "not_public"),
    R("yaoyuan/1", 34, "违章搭建", "东楼底商在屋后搭了间棚子，挡着消防车道。", "rests", 45, "", "road", "complaint"),
    R("yaoyuan/1", 35, "水管漏水", "单元门口水表井往外冒水，路上结了冰。", "new", 1, "", "leak"),
    R("yaoyuan/1", 30, "社区噪声", "楼下修车铺敲敲打打到晚上十点。", "closed", 400,
      "与店主约定晚七点后不再钣金，已复查两次。", "", "complaint", "public", 3),
    R("yaoyuan/1", 31, "表扬感谢", "感谢沈涛师傅大雪天帮老人们扫出一条路。", "closed", 350,
      "已转达感谢，并在社区公示栏张贴。", "", "praise", "public", 5),
    R("yaoyuan/1", 33, "暖气不热", "东楼五楼也不热，孩子在家穿着羽绒服。", "same", 6),
    R("jinxiu/1", 2, "邻里纠纷", "楼上装修改了厨房下水，两家说不到一起，调解了几次都没结果。", "settled", 700,
      "社区约两家一起谈过，双方各让一步，先按原样恢复。", "", "complaint", "not_public"),
    R("jinxiu/2", 4, "房屋渗漏", "顶楼防水层起鼓，一下雨客厅就滴水，维修资金还没批下来。", "urged", 160, "", "leak"),
)  # fmt: skip
