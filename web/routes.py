"""The surface of the product and its access policy, in one table: method, path, handler, what it does."""

from __future__ import annotations

from odr.rules.words import Do
from web import streams
from web.courier import told
from web.pages import (
    accounts,
    agreements,
    confirmation,
    disputes,
    drafting,
    evidence,
    filing,
    invitations,
    mediation,
    options,
    papers,
    public,
    recordings,
    sittings,
    staff,
    triage,
)
from web.table import FILES, Live, Page

PUBLIC = (
    Page("GET", "/", public.start, Do.READ_PUBLIC),
    Page("GET", "/how", public.how, Do.READ_PUBLIC),
    Page("GET", "/transparency", public.transparency, Do.READ_PUBLIC),
    Page("GET", "/accessibility", public.accessibility, Do.READ_PUBLIC),
    Page("GET", "/verify", public.check, Do.READ_PUBLIC),
    Page("POST", "/verify", public.check_file, Do.READ_PUBLIC, again=public.check, limit=FILES),
    Page("GET", "/language/{name}", public.language, Do.READ_PUBLIC),
    Page("GET", "/type/{size}", public.type_size, Do.READ_PUBLIC),
    Page("GET", "/letterbox", public.letterbox, Do.SEE_LETTERBOX),
)

ACCOUNTS = (
    Page("GET", "/register", accounts.register, Do.REGISTER),
    Page("POST", "/register", accounts.send_registration_code, Do.REGISTER, again=accounts.register),
    Page("GET", "/register/details", accounts.details, Do.REGISTER),
    Page("POST", "/register/details", accounts.enrol, Do.REGISTER, again=accounts.details),
    Page("GET", "/login", accounts.log_in, Do.LOG_IN),
    Page("POST", "/login", accounts.send_login_code, Do.LOG_IN, again=accounts.log_in),
    Page("GET", "/login/code", accounts.login_code, Do.LOG_IN),
    Page("POST", "/login/code", accounts.enter, Do.LOG_IN, again=accounts.login_code),
    Page("GET", "/login/password", accounts.password, Do.LOG_IN),
    Page("POST", "/login/password", accounts.enter_by_password, Do.LOG_IN, again=accounts.password),
    Page("POST", "/logout", accounts.log_out, Do.LOG_IN),
    Page("GET", "/second-factor", accounts.second_factor, Do.LOG_IN),
    Page("POST", "/second-factor", accounts.show_second_factor, Do.LOG_IN, again=accounts.second_factor),
    Page("POST", "/second-factor/begin", accounts.begin_second_factor, Do.LOG_IN),
    Page("GET", "/prove", accounts.prove, Do.SEE_OWN),
    Page("POST", "/prove", accounts.show_proof, Do.CHANGE_OWN, again=accounts.prove),
    Page("POST", "/prove/code", accounts.send_proof_code, Do.CHANGE_OWN),
    Page("GET", "/home", accounts.home, Do.SEE_OWN),
    Page("GET", "/account", accounts.account, Do.SEE_OWN),
    Page("POST", "/account", accounts.prefer, Do.CHANGE_OWN, again=accounts.account),
    Page("POST", "/account/password", accounts.change_password, Do.CHANGE_OWN, again=accounts.account),
    Page("POST", "/account/logins/{login}/end", accounts.end_login, Do.CHANGE_OWN),
)

# A dispute: options, filing, evidence, triage, invitation, consent
INTAKE: tuple[Page | Live, ...] = (
    Page("GET", "/options", options.show, Do.READ_PUBLIC),
    Page("GET", "/file", filing.start, Do.DRAFT),
    Page("POST", "/file", filing.begin, Do.DRAFT, again=filing.start),
    Page("GET", "/file/{dispute}", filing.tasks, Do.SUBMIT),
    Page("GET", "/file/{dispute}/check", filing.check, Do.SUBMIT),
    Page("GET", "/file/{dispute}/declare", filing.declare, Do.SUBMIT),
    Page("GET", "/file/{dispute}/receipt", filing.receipt, Do.SUBMIT),
    Page("POST", "/file/{dispute}/submit", filing.submit, Do.SUBMIT, again=filing.declare),
    Page("POST", "/file/{dispute}/other/remove", filing.remove_other, Do.SUBMIT),
    Page(
        "POST",
        "/file/{dispute}/evidence/add",
        evidence.add,
        Do.ADD_EVIDENCE,
        again=evidence.show_again,
        limit=FILES,
    ),
    Page("GET", "/file/{dispute}/{step}", filing.step, Do.SUBMIT),
    Page("POST", "/file/{dispute}/{step}", filing.save, Do.SUBMIT, again=filing.step),
    Page("GET", "/disputes", disputes.mine, Do.SEE_OWN),
    Page("GET", "/disputes/{dispute}", disputes.show, Do.SEE_DISPUTE),
    Page(
        "POST", "/disputes/{dispute}/object", disputes.object_send, Do.OBJECT_TO_TRIAGE, again=disputes.show
    ),
    Page("GET", "/disputes/{dispute}/consent", disputes.consent, Do.CONSENT),
    Page("POST", "/disputes/{dispute}/consent", disputes.consent_send, Do.CONSENT, again=disputes.consent),
    Page("GET", "/disputes/{dispute}/refuse", disputes.refuse, Do.REFUSE_MEDIATION),
    Page(
        "POST", "/disputes/{dispute}/refuse", disputes.refuse_send, Do.REFUSE_MEDIATION, again=disputes.refuse
    ),
    Page("GET", "/disputes/{dispute}/evidence", evidence.show, Do.SEE_EVIDENCE),
    Page(
        "POST",
        "/disputes/{dispute}/evidence",
        evidence.add,
        Do.ADD_EVIDENCE,
        again=evidence.show_again,
        limit=FILES,
    ),
    Page("POST", "/disputes/{dispute}/statement", evidence.state, Do.ADD_EVIDENCE, again=evidence.show),
    Page("GET", "/evidence/{evidence}/file", evidence.file, Do.SEE_EVIDENCE),
    Page("POST", "/evidence/{evidence}/withdraw", evidence.withdraw, Do.WITHDRAW_EVIDENCE),
    Page("GET", "/triage", triage.queue, Do.TRIAGE),
    Page("GET", "/triage/{dispute}", triage.show, Do.TRIAGE),
    Page("POST", "/triage/{dispute}/delegate", triage.delegate, Do.DELEGATE, again=triage.show),
    Page("POST", "/triage/{dispute}/register", triage.register, Do.REGISTER_CASE, again=triage.show),
    Page("POST", "/triage/{dispute}/return", triage.send_back, Do.RETURN, again=triage.show),
    Page("POST", "/triage/{dispute}/divert", triage.divert, Do.DIVERT, again=triage.show),
    Page("POST", "/triage/{dispute}/invite", triage.invite_again, Do.DELEGATE),
    Page("GET", "/i", invitations.enter, Do.OPEN_INVITATION),
    Page("POST", "/i", invitations.enter_send, Do.OPEN_INVITATION, again=invitations.enter),
    Page("GET", "/i/{code}", invitations.show, Do.OPEN_INVITATION),
    Page("POST", "/i/{code}/claim", invitations.claim, Do.OPEN_INVITATION, again=invitations.show),
)

# A mediation case: mediator, calendar, endings
MEDIATION: tuple[Page | Live, ...] = (
    Page("GET", "/desk", mediation.desk, Do.SEE_QUEUE),
    Page("GET", "/cases/{case}", mediation.show, Do.SEE_CASE),
    Page("GET", "/cases/{case}/choose", mediation.choose, Do.CHOOSE_MEDIATOR),
    Page("POST", "/cases/{case}/choose", mediation.choose_send, Do.CHOOSE_MEDIATOR, again=mediation.choose),
    Page("POST", "/cases/{case}/appoint", mediation.appoint_send, Do.APPOINT, again=mediation.show),
    Page("GET", "/cases/{case}/offer", mediation.offer, Do.ACCEPT),
    Page("POST", "/cases/{case}/accept", mediation.accept_send, Do.ACCEPT, again=mediation.offer),
    Page("POST", "/cases/{case}/decline", mediation.decline_send, Do.DECLINE, again=mediation.offer),
    Page("POST", "/cases/{case}/waive", mediation.waive_send, Do.WAIVE_DISCLOSURE),
    Page("POST", "/cases/{case}/replace", mediation.replace_send, Do.REPLACE_MEDIATOR, again=mediation.show),
    Page("POST", "/cases/{case}/contact", mediation.contact_send, Do.CONTACT, again=mediation.show),
    Page("GET", "/cases/{case}/times", mediation.times, Do.OFFER_TIMES),
    Page("POST", "/cases/{case}/times", mediation.times_send, Do.OFFER_TIMES, again=mediation.times),
    Page("GET", "/cases/{case}/schedule", mediation.schedule, Do.SCHEDULE),
    Page("POST", "/cases/{case}/schedule", mediation.schedule_send, Do.SCHEDULE, again=mediation.schedule),
    Page("POST", "/sittings/{sitting}/reschedule", mediation.reschedule_send, Do.RESCHEDULE),
    Page("GET", "/cases/{case}/extend", mediation.extend, Do.EXTEND),
    Page("POST", "/cases/{case}/extend", mediation.extend_send, Do.EXTEND, again=mediation.extend),
    Page(
        "POST", "/cases/{case}/extend/{extension}", mediation.extend_agree, Do.EXTEND, again=mediation.extend
    ),
    Page("POST", "/cases/{case}/suspend", mediation.suspend_send, Do.SUSPEND, again=mediation.show),
    Page("POST", "/cases/{case}/resume", mediation.resume_send, Do.RESUME),
    Page("POST", "/cases/{case}/notes", mediation.note_send, Do.WRITE_NOTES, again=mediation.show),
    Page("GET", "/cases/{case}/end", mediation.end, Do.END_MEDIATION),
    Page("POST", "/cases/{case}/end", mediation.end_send, Do.END_MEDIATION, again=mediation.end),
    Page("POST", "/cases/{case}/settle", mediation.settle_send, Do.SELF_SETTLE, again=mediation.show),
    Page("POST", "/cases/{case}/hand-over", mediation.hand_over_send, Do.HAND_OVER),
)

# A sitting: device test, lobby, room, agreement panel, media
SITTINGS: tuple[Page | Live, ...] = (
    Page("GET", "/device-test", sittings.device_test, Do.READ_PUBLIC),
    Page("GET", "/sittings/{sitting}", sittings.show, Do.JOIN_SITTING),
    streams.SITTING,
    Page("GET", "/sittings/{sitting}/panel", sittings.panel, Do.JOIN_SITTING),
    Page("GET", "/sittings/{sitting}/minutes", sittings.minutes, Do.JOIN_SITTING),
    *(
        Page("POST", f"/sittings/{{sitting}}/{name}", told(handler), do, again=sittings.again)
        for name, handler, do in (
            ("device-test", sittings.device_test_send, Do.JOIN_SITTING),
            ("enter", sittings.enter, Do.JOIN_SITTING),
            ("leave", sittings.leave, Do.JOIN_SITTING),
            ("identity", sittings.identity, Do.READ_NOTICES),
            ("notices", sittings.notices, Do.READ_NOTICES),
            ("consent-recording", sittings.consent, Do.CONSENT_RECORDING),
            ("people/{account}/check", sittings.check, Do.CHECK_IDENTITY),
            ("people/{account}/move", sittings.move, Do.MOVE_PERSON),
            ("people/{account}/hush", sittings.hush, Do.HUSH),
            ("open", sittings.begin, Do.OPEN_SITTING),
            ("pause", sittings.pause, Do.PAUSE),
            ("caucus", sittings.caucus, Do.MOVE_PERSON),
            ("gather", sittings.gather, Do.MOVE_PERSON),
            ("record", sittings.record, Do.RECORD),
            ("stop-recording", sittings.stop_recording, Do.STOP_RECORDING),
            ("signing", sittings.signing, Do.RECORD),
            ("hand", sittings.hand, Do.SPEAK),
            ("close", sittings.close, Do.CLOSE_SITTING),
            ("no-show", sittings.no_show, Do.NO_SHOW),
            ("chat", drafting.chat, Do.SPEAK),
            ("clauses", drafting.propose, Do.DRAFT_CLAUSE),
            ("clauses/{clause}", drafting.change, Do.DRAFT_CLAUSE),
            ("clauses/{clause}/agree", drafting.agree, Do.AGREE_CLAUSE),
            ("clauses/{clause}/remove", drafting.remove, Do.DRAFT_CLAUSE),
            ("agreement/freeze", drafting.freeze, Do.FREEZE_AGREEMENT),
            ("agreement/reopen", drafting.reopen, Do.REOPEN_AGREEMENT),
            ("facts", drafting.state_fact, Do.STATE_FACT),
            ("facts/{fact}/agree", drafting.agree_fact, Do.AGREE_FACT),
            ("facts/{fact}/remove", drafting.remove_fact, Do.STATE_FACT),
            ("minutes", drafting.write_line, Do.WRITE_MINUTES),
            ("minutes/confirm", drafting.confirm_lines, Do.CONFIRM_MINUTES),
            ("minutes/{line}/correct", drafting.correct_line, Do.CONFIRM_MINUTES),
            ("notes", drafting.keep_note, Do.WRITE_NOTES),
        )
    ),
    Page("POST", "/sittings/{sitting}/ticket", sittings.ticket, Do.JOIN_SITTING),
    Page("GET", "/recordings/{recording}", recordings.show, Do.PLAY_SIGNING_CLIP),
    Page("GET", "/recordings/{recording}/files/{name}", recordings.file, Do.PLAY_SIGNING_CLIP),
)

# Agreement: paper, signatures, performance, rating
AGREEMENTS: tuple[Page | Live, ...] = (
    Page("GET", "/agreements/{agreement}", agreements.show, Do.SEE_AGREEMENT),
    Page("GET", "/agreements/{agreement}/sign", agreements.sign, Do.SEE_AGREEMENT),
    Page("POST", "/agreements/{agreement}/sign-code", agreements.sign_code, Do.SEE_AGREEMENT),
    Page("POST", "/agreements/{agreement}/sign", agreements.sign_send, Do.SIGN, again=agreements.sign),
    Page(
        "POST",
        "/agreements/{agreement}/countersign",
        agreements.countersign_send,
        Do.COUNTERSIGN,
        again=agreements.sign,
    ),
    Page("POST", "/agreements/{agreement}/refuse", agreements.refuse_send, Do.REFUSE_TO_SIGN),
    Page("POST", "/agreements/{agreement}/on-spot", agreements.on_spot_send, Do.PERFORMED_ON_SPOT),
    Page("GET", "/agreements/{agreement}/performance", agreements.owed, Do.SEE_AGREEMENT),
    Page("POST", "/obligations/{obligation}/claim", agreements.claim_send, Do.PERFORM),
    Page(
        "POST",
        "/obligations/{obligation}/acknowledge",
        agreements.acknowledge_send,
        Do.ACKNOWLEDGE_PERFORMANCE,
    ),
    Page("POST", "/obligations/{obligation}/urge", agreements.urge_send, Do.URGE),
    Page("GET", "/cases/{case}/rate", agreements.rate, Do.RATE),
    Page("POST", "/cases/{case}/rate", agreements.rate_send, Do.RATE, again=agreements.rate),
    Page("POST", "/cases/{case}/complain", agreements.complain_send, Do.COMPLAIN, again=agreements.rate),
)

# Judicial confirmation: clerk, judge, rulings, service
CONFIRMATION: tuple[Page | Live, ...] = (
    Page("GET", "/agreements/{agreement}/apply", confirmation.apply, Do.APPLY_CONFIRMATION),
    Page(
        "POST",
        "/agreements/{agreement}/apply",
        confirmation.apply_send,
        Do.APPLY_CONFIRMATION,
        again=confirmation.apply,
    ),
    Page("GET", "/confirmations/{confirmation}", confirmation.show, Do.SEE_CONFIRMATION),
    Page(
        "POST",
        "/confirmations/{confirmation}/join",
        confirmation.join_send,
        Do.JOIN_APPLICATION,
        again=confirmation.show,
    ),
    Page(
        "POST", "/confirmations/{confirmation}/withdraw", confirmation.withdraw_send, Do.WITHDRAW_APPLICATION
    ),
    Page(
        "POST",
        "/confirmations/{confirmation}/answer",
        confirmation.answer_send,
        Do.ANSWER_SUPPLEMENT,
        again=confirmation.show,
    ),
    Page("GET", "/clerk", confirmation.clerk, Do.ACCEPT_APPLICATION),
    Page("POST", "/confirmations/{confirmation}/accept", confirmation.accept_send, Do.ACCEPT_APPLICATION),
    Page("POST", "/documents/{document}/posted", confirmation.paper_send, Do.SERVE),
    Page("GET", "/judge", confirmation.judge, Do.NOT_ACCEPT),
    Page("POST", "/confirmations/{confirmation}/review", confirmation.review_send, Do.REVIEW),
    Page("POST", "/confirmations/{confirmation}/check", confirmation.check_send, Do.REVIEW),
    Page(
        "POST",
        "/confirmations/{confirmation}/supplement",
        confirmation.supplement_send,
        Do.ASK_SUPPLEMENT,
        again=confirmation.show,
    ),
    Page(
        "POST",
        "/confirmations/{confirmation}/confirm",
        confirmation.confirm_send,
        Do.CONFIRM,
        again=confirmation.show,
    ),
    Page(
        "POST",
        "/confirmations/{confirmation}/dismiss",
        confirmation.dismiss_send,
        Do.DISMISS,
        again=confirmation.show,
    ),
    Page(
        "POST",
        "/confirmations/{confirmation}/not-accept",
        confirmation.not_accept_send,
        Do.NOT_ACCEPT,
        again=confirmation.show,
    ),
    Page(
        "POST",
        "/confirmations/{confirmation}/withdrawn",
        confirmation.withdrawn_send,
        Do.RULE_WITHDRAWN,
        again=confirmation.show,
    ),
    Page("GET", "/documents/{document}", papers.show, Do.SEE_DOCUMENT),
    Page("GET", "/documents/{document}/pdf", papers.pdf, Do.SEE_DOCUMENT),
    Page("POST", "/documents/{document}/paper", papers.paper_send, Do.ASK_FOR_PAPER),
)

# Roster of organisations and mediators
ROSTER: tuple[Page | Live, ...] = ()

# The court's own pages: figures, journal, accounts
COURT: tuple[Page | Live, ...] = (
    Page("GET", "/audit", staff.audit, Do.SEE_JOURNAL),
    Page("GET", "/admin", staff.admin, Do.MANAGE_ACCOUNTS),
    Page("POST", "/admin/accounts", staff.create, Do.MANAGE_ACCOUNTS, again=staff.admin),
    Page("POST", "/admin/accounts/{colleague}/disable", staff.disable, Do.MANAGE_ACCOUNTS),
    Page("POST", "/admin/accounts/{colleague}/enable", staff.enable, Do.MANAGE_ACCOUNTS),
    Page("POST", "/admin/accounts/{colleague}/logout", staff.end_logins, Do.MANAGE_ACCOUNTS),
)

ROUTES: tuple[Page | Live, ...] = (
    *PUBLIC,
    *ACCOUNTS,
    *INTAKE,
    *MEDIATION,
    *SITTINGS,
    *AGREEMENTS,
    *CONFIRMATION,
    *ROSTER,
    *COURT,
)
