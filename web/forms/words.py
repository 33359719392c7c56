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
    "weak-password": "密码至少 10 位，且不能是常见密码",
    "tick-needed": "请先阅读并勾选",
    "file-needed": "请选择文件",
    "file-too-large": "文件太大",
    "file-kind": "只接受 PDF、JPEG、PNG 文件（按内容识别）",
    "in-the-past": "时间不能早于现在",
    "reason-needed": "请写明理由",
}


def field_error(code: str) -> str:
    """The words for an error code in the reader's language."""
    return say(FIELD_ERRORS.get(code, FIELD_ERRORS["wrong"]))
