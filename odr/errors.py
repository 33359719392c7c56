"""What can go wrong in the court's work.

Refused                     the person may not, or not now
├── NotFound                nothing there, or nothing you may know of
├── NotAllowed              you may know of it, not do this
├── LoginNeeded             say who you are first
├── StepUpNeeded            say once more that it is you
├── SecondFactorNeeded      staff prove themselves twice
├── WrongStage              the matter has moved on
├── DeadlinePassed          the law's time for this is over
├── Conflict                someone else was first
├── NoRecorder              the media plane of this court cannot record
├── NotReady                identity or notices are missing in this sitting
├── ConsentMissing          somebody present has not agreed to be recorded
├── TooMany                 slow down
├── CrossSite               another site's page sent this
├── WrongMethod             the address is there, not in this way
├── TooLarge                more than we take at once
├── BadInput                a field is missing or wrong
├── CodeWrong               the one-time code does not fit
├── Unprintable             no typeface has this character
└── DocumentTooLarge        more than a paper holds
Broken                      our fault; the page says so, the log has the rest
├── RenderingFailed         the renderer died or its output is not what the facts say
└── KeyUnusable             a signing key is near its end, lacks its half, or others can read it

Raise with facts, never with sentences: the words live here, translation happens at the edge.
"""

from __future__ import annotations


class Refused(Exception):
    """Shown to the person as it stands; never logged as a fault."""

    code = "refused"
    status = 400
    words = "操作未能完成。"

    def __init__(self, **details: object) -> None:
        super().__init__(self.code)
        self.details = details


class NotFound(Refused):
    code = "not-found"
    status = 404
    words = "没有找到您要的内容。它可能不存在，也可能不对您公开。"


class NotAllowed(Refused):
    code = "not-allowed"
    status = 403
    words = "您的身份不能进行这项操作。"


class LoginNeeded(Refused):
    code = "login-needed"
    status = 401
    words = "请先登录。"


class StepUpNeeded(Refused):
    code = "step-up-needed"
    status = 401
    words = "这一步很重要，请再次确认是您本人。"


class SecondFactorNeeded(Refused):
    code = "second-factor-needed"
    status = 401
    words = "工作人员还需要第二重验证。"


class WrongStage(Refused):
    code = "wrong-stage"
    status = 409
    words = "案件状态已变化，请刷新后重试。"


class DeadlinePassed(Refused):
    code = "deadline-passed"
    status = 409
    words = "法定期限已过，不能再进行这项操作。"


class Conflict(Refused):
    code = "conflict"
    status = 409
    words = "已有人先行处理，请刷新后查看。"


class NoRecorder(Refused):
    code = "no-recorder"
    status = 409
    words = "本院的视频由外部集群承担，其中没有录制装置，不能录制。请制作笔录。"


class NotReady(Refused):
    code = "not-ready"
    status = 409
    words = "还有人没有完成本次身份核验，或者没有阅读告知事项。"


class ConsentMissing(Refused):
    code = "consent-missing"
    status = 409
    words = "在场的人还没有全部同意录制，所以不能录制。"


class TooMany(Refused):
    code = "too-many"
    status = 429
    words = "操作太频繁，请稍后再试。"


class CrossSite(Refused):
    code = "cross-site"
    status = 403
    words = "这个请求不是从本网站的页面发出的，已被拒绝。"


class WrongMethod(Refused):
    code = "wrong-method"
    status = 405
    words = "这个网址不能这样使用。"


class TooLarge(Refused):
    code = "too-large"
    status = 413
    words = "提交的内容太大。"


class BadInput(Refused):
    """`details` maps field names to codes; `web` turns them into the reader's words beside the field."""

    code = "bad-input"
    status = 422
    words = "有内容需要更正。"


class CodeWrong(BadInput):
    """Names the code that was tried, so that the try can be counted after the act was refused."""

    code = "code-wrong"
    words = "验证码不正确或已失效。"

    def __init__(self, code_id: str = "", **fields: object) -> None:
        super().__init__(**(fields or {"code": "bad-code"}))
        self.code_id = code_id


class Unprintable(BadInput):
    """A document would hold characters that no installed typeface has, or that a paper may not hold."""

    code = "unprintable"
    words = "有的字符无法印在文书上，请更换后再试。"


class DocumentTooLarge(BadInput):
    code = "document-too-large"
    words = "文书内容过长，请精简，或改作附件提交。"


class Broken(Exception):
    """Our fault: a stored thing is damaged or a rule of ours does not hold."""


class RenderingFailed(Broken):
    """The renderer died, ran out of time, or its output is not what the facts say."""


class KeyUnusable(Broken):
    """A signing key or certificate is near its end, missing its half, or readable by others."""
