"""Where the organisations of Tables 3 and 4 sit and what they are: public knowledge, not printed.

The sample never carries these names. A pinned node only takes the seat, the type and the
industry of the row it is calibrated to, so that flows and compositions look alike.
"""

from __future__ import annotations

from typing import NamedTuple

CHINA = "中国"
HUB_CITIES = {
    "华为": "深圳市",
    "腾讯": "深圳市",
    "京东": "北京市",
    "中国移动": "北京市",
    "阿里云": "杭州市",
    "中国电信": "北京市",
    "百度": "北京市",
    "中国联通": "北京市",
    "中兴通讯": "深圳市",
    "华为云": "深圳市",
    "腾讯云": "深圳市",
    "阿里巴巴": "杭州市",
    "科大讯飞": "合肥市",
    "钉钉": "杭州市",
    "新华三": "杭州市",
    "用友": "北京市",
    "小米": "北京市",
    "特斯联": "北京市",
    "云从科技": "广州市",
    "拼多多": "上海市",
}
"""City of each enterprise of Table 3."""


class Star(NamedTuple):
    """What a partner of Table 4 is."""

    type: str
    city: str
    """Empty for a foreign one."""
    country: str
    industry: str
    """Section of GB/T 4754, or division where the section is manufacturing."""


_EDUCATION, _RESEARCH, _PUBLIC = "教育", "科学研究和技术服务业", "公共管理、社会保障和社会组织"
_SOFTWARE, _ELECTRONICS, _CARS = (
    "信息传输、软件和信息技术服务业",
    "计算机、通信和其他电子设备制造业",
    "汽车制造业",
)
STARS = {
    "清华大学": Star("university", "北京市", CHINA, _EDUCATION),
    "英特尔": Star("foreign", "", "美国", _ELECTRONICS),
    "高通": Star("foreign", "", "美国", _ELECTRONICS),
    "微软": Star("foreign", "", "美国", _SOFTWARE),
    "中国信通院": Star("institute", "北京市", CHINA, _RESEARCH),
    "北京大学": Star("university", "北京市", CHINA, _EDUCATION),
    "浙江大学": Star("university", "杭州市", CHINA, _EDUCATION),
    "上海交通大学": Star("university", "上海市", CHINA, _EDUCATION),
    "英伟达": Star("foreign", "", "美国", _ELECTRONICS),
    "上汽集团": Star("enterprise", "上海市", CHINA, _CARS),
    "中国科学院": Star("institute", "北京市", CHINA, _RESEARCH),
    "长安汽车": Star("enterprise", "重庆市", CHINA, _CARS),
    "IBM": Star("foreign", "", "美国", _SOFTWARE),
    "复旦大学": Star("university", "上海市", CHINA, _EDUCATION),
    "Arm 中国": Star("foreign", "", "英国", _ELECTRONICS),
    "亚马逊": Star("foreign", "", "美国", _SOFTWARE),
    "OPPO": Star("enterprise", "东莞市", CHINA, _ELECTRONICS),
    "北京航空航天大学": Star("university", "北京市", CHINA, _EDUCATION),
    "重庆市政府": Star("government", "重庆市", CHINA, _PUBLIC),
    "上海市政府": Star("government", "上海市", CHINA, _PUBLIC),
}
"""Each partner of Table 4."""

COUNTRIES = {
    "美国": 46,
    "德国": 11,
    "日本": 10,
    "英国": 7,
    "韩国": 6,
    "新加坡": 5,
    "法国": 4,
    "以色列": 3,
    "瑞典": 2,
    "荷兰": 2,
    "加拿大": 2,
    "瑞士": 2,
}
"""Countries of the other foreign partners, with weights."""
