"""The invented people and things of the sample papers, with the names that break typefaces."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from io import BytesIO

from PIL import Image, ImageDraw

from odr import facts as f

COURT = "杭州市西湖区人民法院"
ORG = "杭州市西湖区人民调解委员会"
CAUSE = "买卖合同纠纷"
RARE = "昇喆垚赟玥堃祎龑䶮"
LEVEL_3 = "㐀鿯𠀀𤧀𪛖𪜀𫜴𫝀𫠝𫠠𬺡𬺰𮯠"  # the first and last of each block of GB 18030-2022
COMMON = {"court": COURT, "issued_on": date(2026, 11, 21), "verify_url": "https://odr.example/verify"}


def ink(seed: int) -> str:
    picture = Image.new("RGBA", (420, 160), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    strokes = [(20 + 40 * n, 30 + (n * seed * 37) % 100) for n in range(10)]
    pen.line(strokes, fill=(20, 20, 40, 255), width=7, joint="curve")
    pen.arc((120, 20, 300, 140), 20 * seed, 250, fill=(20, 20, 40, 255), width=6)
    written = BytesIO()
    picture.save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()


def at(day: int, hour: int = 1, minute: int = 30) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


APPLICANT = f.PartyFacts(
    role="申请人", name="王昇", sex="男", born_on=date(1986, 3, 5), ethnicity="汉族",
    id_number="330106198603051234", occupation="个体工商户", address="浙江省杭州市西湖区文三路88号3幢502室",
    phone="13800001234",
)  # fmt: skip
RESPONDENT = f.PartyFacts(
    role="被申请人", name="杭州喆垚贸易有限公司", credit_code="91330106MA2CXXXX1R",
    address="浙江省杭州市西湖区天目山路100号", representative="李龑䶮", phone="057188880000",
    agents=(f.AgentFacts(name="赵赟", of="浙江某某律师事务所律师", authority="特别授权"),),
)  # fmt: skip
PARTIES = (APPLICANT, RESPONDENT)
CLAUSES = (
    f.ClauseFacts(
        text="杭州喆垚贸易有限公司于2026年12月31日前分两期向王昇支付货款人民币壹拾贰万叁仟肆佰伍拾陆元整（￥123,456.00），付款至王昇在中国工商银行杭州西湖支行开立的账户6222 0000 0000 0001 234；",
        act="instalments", obligor="杭州喆垚贸易有限公司", obligee="王昇", amount_fen=12345600,
        instalments=(
            f.InstalmentFacts(due_on=date(2026, 12, 15), amount_fen=6000000, method="银行转账"),
            f.InstalmentFacts(due_on=date(2026, 12, 31), amount_fen=6345600, method="银行转账"),
        ),
    ),
    f.ClauseFacts(text="任何一期未按期足额履行的，王昇有权就全部未付款项一并申请强制执行，并自逾期之日起按全国银行间同业拆借中心公布的一年期贷款市场报价利率的1.5倍计收逾期付款损失；"),
    f.ClauseFacts(text="双方就本案所涉买卖合同再无其他争议。", act="other"),
)  # fmt: skip
SIGNED = (
    f.SignatureFacts(who="王昇", role="申请人", signed_at=at(18, 6, 5), method="手写签名，短信验证码核验", image=ink(1),
                     certificate=("验证手机 138****1234", "签署文本 sha256:3f2a9c77d0b1e6c4")),
    f.SignatureFacts(who="赵赟", role="被申请人委托诉讼代理人", signed_at=at(18, 6, 9), method="手写签名，短信验证码核验",
                     image=ink(2), certificate=("验证手机 139****0000", "签署文本 sha256:3f2a9c77d0b1e6c4")),
    f.SignatureFacts(who="陈玥堃", role="调解员", signed_at=at(18, 6, 12), method="键入签名，动态口令核验"),
)  # fmt: skip
EVIDENCE = (
    f.EvidenceFacts(name="购销合同.pdf", purpose="双方存在买卖合同关系", digest="sha256:" + "3f2a9c77" * 8),
    f.EvidenceFacts(name="送货单（六张）.jpg", purpose="货物已交付并签收", digest="sha256:" + "a10b44e2" * 8),
)
