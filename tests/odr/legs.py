"""Scripted lives that reach every act of the models, step by step: what is done, and by whom."""

from __future__ import annotations

from collections.abc import Iterator

from tests.odr.machines import Closing, Coming, Deciding, Filing, Keeping, Matter, Staying, Talking

# One life through the ways a matter can take; each leg starts from a fresh copy
_MEDIATED: dict[str, str] = {
    "to the judge": """
        consent respondent, appoint triage, decline host, leave the choice to the court applicant, accept host,
        contact host, schedule host, put off applicant, schedule host, enter host, enter applicant,
        enter respondent, read the notices applicant, read the notices respondent, check the applicant host,
        check the respondent host, open the sitting host, write a line host, pause host, open the sitting host,
        lose the mediator machine, open the sitting host, propose a clause applicant, word the clause anew respondent,
        take the clause out host, propose a clause host, agree to the clause applicant,
        agree to the clause respondent, fix the words host, open the words anew host,
        agree to the clause applicant, agree to the clause respondent, fix the words host, sign applicant,
        sign respondent, sign as mediator host, close the sitting host, apply for confirmation applicant,
        join the application respondent, accept the application clerk, review judge,
        receive what was owed applicant, rate applicant
    """,
    "what comes between": """
        consent respondent, appoint machine, accept host, ask for recusal applicant, waive recusal respondent,
        decide on recusal: False org-admin, ask for recusal respondent, decide on recusal: True triage,
        appoint triage, accept host, ask for more time applicant, agree to more time respondent,
        ask for an appraisal respondent, agree to the appraisal applicant, end the appraisal host, suspend host,
        resume triage, report falsity host, find it unfounded leader, replace the mediator respondent,
        appoint triage, accept host, report falsity triage, find it false leader, hand over applicant
    """,
    "no signature": """
        consent respondent, appoint triage, accept host, schedule host, propose a clause applicant,
        agree to the clause respondent, fix the words host, not sign respondent
    """,
    "a scheme that stands": """
        consent respondent, appoint triage, accept host, schedule host, propose a clause host, offer a scheme host,
        take a scheme: False applicant, offer a scheme host, take a scheme: True applicant,
        take a scheme: True respondent, serve the scheme host, let the days pass machine
    """,
    "a scheme that falls": """
        consent respondent, appoint triage, accept host, schedule host, propose a clause host, offer a scheme host,
        take a scheme: True applicant, take a scheme: True respondent, serve the scheme host,
        object to the scheme respondent
    """,
    "a scheme that an objection on paper takes back": """
        consent respondent, appoint triage, accept host, schedule host, propose a clause host, offer a scheme host,
        take a scheme: True applicant, take a scheme: True respondent, serve the scheme host,
        let the days pass machine, enter an objection on paper clerk
    """,
    "by word of mouth": """
        consent respondent, appoint triage, accept host, write down what was said host,
        want it in writing applicant, write down what was said host, say yes to it applicant,
        say yes to it respondent
    """,
    "settled": "consent respondent, appoint triage, accept host, settle host",
    "ended": "consent respondent, appoint triage, accept host, end host",
    "refused": "refuse mediation respondent",
}


# Before there is a mediator
_FILED: dict[str, str] = {
    "filed and asked": """
        answer the last question applicant, show evidence applicant, hand in applicant, object to the way applicant,
        report a preservation applicant, send back triage, take evidence back applicant, hand in applicant,
        delegate triage, ask again triage, come in respondent, confirm an address respondent,
        offer a mandate applicant, take the mandate lawyer, check the mandate: True clerk,
        agree to mediate lawyer, agree to mediate respondent, end the mandate applicant, settle applicant
    """,
    "registered and refused": """
        answer the last question applicant, hand in applicant, register machine, delegate triage,
        ask to be freed of the fee applicant, look at the wish judge, decide on relief: True leader,
        come in respondent, refuse mediation respondent, hand over triage
    """,
    "a fee that stays": """
        answer the last question applicant, hand in applicant, register triage, ask to be freed of the fee applicant,
        look at the wish judge, decide on relief: False leader
    """,
    "an agent who is none": """
        offer a mandate applicant, take the mandate lawyer, check the mandate: False triage,
        answer the last question applicant, hand in applicant, delegate triage, end machine
    """,
    "another way": "answer the last question applicant, hand in applicant, point to another way triage",
}


# Once an agreement is in force
_JUDGED: dict[str, str] = {
    "confirmed and objected to": """
        complain respondent, answer the complaint leader, apply applicant, join respondent,
        ask for a correction clerk, answer what was asked respondent, accept clerk, review judge,
        ask for a supplement judge, answer what was asked applicant, ask the organisation judge,
        answer the court org-admin, ask the president for time: T-JC-DEC judge, decide on more time: True leader,
        ask the president for time: T-JC-MAX judge, decide on more time: False leader,
        ask that the judge step back applicant, keep the judge leader, tick every ground judge, confirm judge,
        object stranger, take the objection back stranger, object stranger, assign the objection clerk,
        decide the objection: dismiss-objection reviewer, object respondent, assign the objection machine,
        decide the objection: change-ruling reviewer, object applicant, assign the objection machine,
        decide the objection: uphold-objection reviewer
    """,
    "heard, then enforced": """
        apply by word of mouth clerk, accept clerk, review judge, call both judge, note that a side did not come judge,
        call both judge, come before the judge judge, come before the judge applicant,
        come before the judge respondent, read the notices applicant, read the notices respondent,
        check the applicant judge, check the respondent judge, open the inquiry judge, write what was asked judge,
        replace the judge leader, come before the judge judge, open the inquiry judge, close the inquiry judge,
        review judge, tick every ground judge, confirm judge, remind machine, receive a part applicant,
        urge org-admin, perform respondent, apply for enforcement applicant, note that it was enforced clerk
    """,
    "withdrawn": """
        apply respondent, join applicant, accept clerk, withdraw respondent, permit the withdrawal judge,
        receive all applicant
    """,
    "nobody answered": "apply applicant, join respondent, ask for a correction clerk, rule that it counts as withdrawn bench",
    "one side alone": """
        apply applicant, withdraw applicant, apply respondent, join applicant, withdraw respondent,
        apply respondent, withdraw respondent, let thirty days pass machine
    """,
    "performed on the spot": "apply applicant, perform on the spot host",
    "not accepted": "apply by word of mouth clerk, not accept bench",
    "dismissed": "apply by word of mouth clerk, accept clerk, review judge, dismiss judge",
    "terminated": "apply by word of mouth clerk, accept clerk, review judge, terminate judge",
}


# Inside a sitting
_TALKED: dict[str, str] = {
    "recorded, alone, paused": """
        be recorded: True host, be recorded: True applicant, be recorded: True respondent, record host,
        stop recording respondent, record host, be recorded: False applicant, let them sign: True host,
        let them sign: False host, ask for the word: True respondent, ask for the word: False respondent,
        hush the respondent: True host, hush the respondent: False host, write to the room applicant,
        talk with applicant alone host, call all together host, talk with respondent alone host,
        put host into joint host, put applicant into joint host, put respondent into joint host,
        put applicant into lobby-a host, put applicant into caucus-a host, put respondent into lobby-b host,
        put respondent into caucus-b host, put host into desk host, pause host, go on host,
        see a line drop machine, lose the mediator machine, leave applicant, enter applicant,
        try the camera applicant, say one's number applicant, go on host, let a camera in host,
        put a camera out host, close host
    """,
    "kept and filmed": """
        be recorded: True host, be recorded: True applicant, be recorded: True respondent, record host,
        bring the recorder back machine, keep what it wrote machine, fail to write machine, seal the files machine,
        make one film machine
    """,
    "written down": """
        write down host, wish other words applicant, answer the wish host, confirm the minutes respondent,
        state a fact host, leave the fact undisputed applicant, take the fact back host, keep a note host
    """,
    "with a guest": """
        ask an expert in host, want the expert applicant, promise secrecy guest, want the expert respondent,
        enter guest, read the notices guest, check the guest host, put guest into joint host,
        put guest into lobby-c host, put guest into joint host, let the expert go host
    """,
}
_CAME: dict[str, str] = {
    "to the court": """
        make the colleague's account sysadmin, ask to log in colleague, guess a code colleague,
        log in at court colleague, enrol a second factor colleague, choose a password at court colleague,
        log in with the password at court colleague, show the second factor colleague,
        log out at court colleague, log in with the first password at court clerk, end a login of the clerk clerk, close: colleague sysadmin,
        open again: colleague sysadmin, log out everywhere: colleague sysadmin, close: clerk sysadmin,
        open again: clerk sysadmin, log out everywhere: clerk sysadmin
    """,
    "at home": """
        ask to register newcomer, register newcomer, ask to log in newcomer, log in at home newcomer,
        choose a password at home newcomer, log in with the password at home newcomer,
        log out at home newcomer, ask to log in applicant,
        guess a code applicant, log in at home applicant, end a login of the applicant applicant
    """,
}
_KEPT: dict[str, str] = {
    "the roster": """
        recommend a mediator org-admin, approve triage, undo leader, undo triage, send a sheet org-admin,
        propose what the sheet says org-admin, refuse leader, propose a region: 石牌 org-admin,
        propose a region: 天园 org-admin, approve leader, propose other words org-admin, take a wish back org-admin,
        give a certificate org-admin, wish to see: suspended org-admin, approve triage,
        wish to see: removed org-admin, approve triage, wish to see: listed org-admin, approve triage
    """,
    "the law": """
        enter a wage: in 0 days leader, enter a wage: in 365 days sysadmin, take a wage back leader,
        promise 10 days leader, lift a promise sysadmin, import notice 1 machine, import notice 2 sysadmin
    """,
}
_STAYED: dict[str, str] = {
    "kept, then looked at": """
        know and agree applicant, offer times: True respondent, offer times: False respondent, write a note host,
        open the invitation stranger, look for strong signs machine, find them unfounded leader
    """,
}
# What chance seldom finds: the model says of each step whether it may be done
_TRIED_AT_THE_DOOR: dict[str, str] = {
    "a closed account": """
        ask to log in clerk, close: clerk sysadmin, log in at court clerk, log in with the first password at court clerk,
        ask to log in clerk, log in at court clerk, open again: clerk sysadmin, log in at court clerk
    """,
    "a code that was guessed at": "ask to log in clerk"
    + ", guess a code clerk" * 5
    + ", log in at court clerk",
    "a code ten minutes later": "ask to log in clerk"
    + ", log out at court clerk" * 9
    + ", log in at court clerk",
    "six codes in an hour": "ask to log in clerk, " * 5
    + "log out at court clerk, " * 9
    + "ask to log in clerk, log in at court clerk",
    "somebody else's login": """
        log in with the first password at court clerk, end a login of the clerk applicant,
        end a login of the clerk sysadmin, close: clerk clerk, log out everywhere: clerk leader
    """,
}
_TRIED_WITH_THE_BOOKS: dict[str, str] = {
    "a wish about what was undone": """
        propose a region: 石牌 org-admin, approve triage, propose a region: 天园 org-admin, undo leader, approve triage,
        refuse triage
    """,
    "more time than the law gives": "promise 16 days leader, promise 10 days clerk, lift a promise leader",
}
_LEFT: dict[str, str] = {
    "the court's paper": """
        sign by hand host, ask for the court's paper applicant, make the court's paper judge,
        seal the paper machine, serve the paper machine, open the paper applicant, want it on paper applicant,
        post the paper clerk, open the paper respondent, note who signed for it clerk,
        read what a lawsuit may bring respondent, take the whole file away applicant
    """,
    "two years on": """
        sign by hand host, find what was kept long enough machine, ask that it goes clerk, keep it longer leader,
        ask that it goes clerk, let it go leader, ask for the court's paper respondent, call it back machine,
        refuse the court's paper judge, ask that it goes both, let it go leader, destroy it machine
    """,
}
LEGS: dict[type[Matter], dict[str, str]] = {
    Matter: _MEDIATED,
    Filing: _FILED,
    Deciding: _JUDGED,
    Talking: _TALKED,
    Coming: _CAME,
    Keeping: _KEPT,
    Staying: _STAYED,
    Closing: _LEFT,
}
TRIED: dict[type[Matter], dict[str, str]] = {Coming: _TRIED_AT_THE_DOOR, Keeping: _TRIED_WITH_THE_BOOKS}
# Nobody may do these anywhere
ONLY_TRIED = {
    "promise 16 days",
    "close one's own account",
    "close: applicant",
    "log out everywhere: applicant",
    "open again: applicant",
    "show a code of yesterday",
    "put applicant into caucus-b",
    "ask before its day",
}


def steps(leg: str) -> Iterator[tuple[str, str]]:
    for line in leg.replace("\n", " ").split(","):
        name, _, who = line.strip().rpartition(" ")
        yield " ".join(name.split()), who
