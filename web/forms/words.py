"""What each error code of a form field says to the reader. Chinese is the source."""

from __future__ import annotations

from web.words import say

FIELD_ERRORS = {
    "needed": "请填写这一项",
    "too-long": "内容太长，请缩短",
    "not-a-number": "请填写数字",
    "not-a-date": "请填写日期，例如 2026-03-09",
    "not-a-time": "请填写日期和时间",
    "choose-one": "请选择一项",
    "too-small": "数值太小",
    "too-large": "数值太大",
    "wrong": "内容不正确，请检查",
    "bad-identity": "身份证号码不正确，请检查每一位",
    "bad-credit-code": "统一社会信用代码不正确，请检查每一位",
    "bad-phone": "手机号码不正确",
    "bad-email": "电子邮箱地址不正确",
    "bad-code": "验证码不正确或已失效",
    "bad-login": "账号或密码不正确",
    "known-identity": "该证件号码已经注册。如果不是您本人注册的，请联系法院",
    "known-phone": "该手机号码已有账户",
    "weak-password": "密码至少 10 位，且不能是常见密码",
    "tick-needed": "请先阅读并勾选",
    "file-needed": "请选择文件",
    "file-too-large": "文件太大",
    "file-kind": "只接受 PDF、JPEG、PNG 文件（按内容识别）",
    "in-the-past": "时间不能早于现在",
    "taken": "调解员在这个时间已有别的调解，请换一个时间",
    "not-eligible": "这位调解员不能办理本案，请另选",
    "prove-first": "请先再次确认是您本人",
    "unchecked": "还有没有核对的事项，请先逐项核对并保存",
    "reason-needed": "请写明理由",
    "not-agreed": "还有条款没有得到双方同意",
    "blank": "条款里还有空白",
    "channel-needed": "请至少填写一种联系方式：手机、电子邮箱或者地址",
    "cause-first": "请先选择纠纷类型",
    "same-file": "这份文件已经上传过了",
    "all-too-large": "您在本纠纷的材料合计超过 100 MB 或者 100 件，请先撤回一些",
    "not-you": "您的实名信息与受邀人不一致，不能进入。如有疑问请拨打帮助电话",
    "other-side": "同一个人不能同时代表双方",
    "code-unknown": "没有找到这个短码，请核对通知书",
    "track-closed": "这种调解方式在今天不适用",
    "register-first": "起诉案件应当先登记立案，再委托调解",
    "registered-already": "案件已经立案，请选择立案后的调解方式",
    "digits": "位数不对",
    "unknown-word": "不在可以填写的范围内",
    "yes-or-no": "请填写“是”或者“否”",
    "digits-lost": "表格软件改动了这个号码，请把该列设为“文本”后重新填写",
    "twice": "表中有两行是同一个人",
    "not-yours": "编号不是本组织的在册人员",
    "on-roster": "本组织的名册中已有此人",
    "sheet-kind": "只接受 XLSX、CSV 表格",
    "sheet-broken": "表格无法读取，请另存为 XLSX 或者 CSV 后重试",
    "sheet-empty": "表格是空的",
    "sheet-too-long": "表格超过 5000 行",
    "sheet-too-wide": "表格的列太多",
    "sheet-headings": "第一行应当是列名，并且要有“姓名”一列，列名不能重复。请下载模板",
    "sheet-has-faults": "表中有错误。请更正后重新上传，或者勾选只导入正确的行",
    "nothing-to-change": "没有需要变更的内容",
    "open-cases": "有人还有在办案件，请先办结或者更换调解员",
}


def field_error(code: str) -> str:
    """The words for an error code in the reader's language."""
    return say(FIELD_ERRORS.get(code, FIELD_ERRORS["wrong"]))
