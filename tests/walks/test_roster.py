"""The roster by a sheet: exported, changed in a table program, compared, corrected, approved, public."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from odr import sheets
from tests.walks.people import Person

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("walks"), pytest.mark.timeout(300)]

NEWCOMER = {
    "姓名": "马静",
    "手机号码": "13800000099",
    "身份证号码": "11010519491231002X",
    "类别": "人民调解员",
    "擅长的纠纷": "民间借贷纠纷",
    "语言": "朝鲜语",
    "职业": "社区工作者",
}


def test_an_organisation_imports_a_sheet_and_the_court_lets_it_into_the_public_roster(
    person: Callable[..., Person], tmp_path: Path
) -> None:
    admin, leader, anybody = person("苏梅"), person("罗建国"), person("路人", "13700000009", width=360)
    admin.log_in()
    admin.go("/organisation")
    heads, *rows = (
        cells for _, cells in sheets.read(admin.page.request.get("/organisation/export/xlsx").body())
    )
    file = tmp_path / "名册.xlsx"

    def upload(phone: str) -> None:
        row = [(NEWCOMER | {"手机号码": phone}).get(head, "") for head in heads]
        file.write_bytes(sheets.xlsx(heads, [*rows, row], title="调解员"))
        admin.go("/organisation/import")
        admin.page.get_by_label("表格").set_input_files(file)
        admin.press("上传并比较")

    upload("1380000009")
    admin.sees(f"第 {len(rows) + 2} 行")
    upload(NEWCOMER["手机号码"])
    admin.sees("表格没有错误")
    admin.press("确认，提交法院审核")
    anybody.go("/roster?text=马静")
    assert not anybody.page.get_by_role("link", name="马静").count()

    leader.log_in()
    leader.go("/roster-approvals")
    leader.page.locator("main table a").first.click()
    leader.look()
    leader.press("通过，更新名册")
    anybody.go("/roster?text=马静")
    anybody.follow("马静")
    anybody.sees("社区工作者")
    leader.go("/figures")
