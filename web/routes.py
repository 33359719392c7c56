"""The surface of the product and its access policy, in one table: method, path, handler, what it does."""

from __future__ import annotations

from odr.rules.words import Do
from web.pages import accounts, public
from web.table import Live, Page

PUBLIC = (
    Page("GET", "/", public.start, Do.READ_PUBLIC),
    Page("GET", "/language/{name}", public.language, Do.READ_PUBLIC),
    Page("GET", "/type/{size}", public.type_size, Do.READ_PUBLIC),
)

ACCOUNTS = (Page("GET", "/home", accounts.home, Do.SEE_OWN),)

# A dispute: options, filing, evidence, triage, invitation, consent
INTAKE: tuple[Page | Live, ...] = ()

# A mediation case: mediator, calendar, endings
MEDIATION: tuple[Page | Live, ...] = ()

# A sitting: device test, lobby, room, agreement panel, media
SITTINGS: tuple[Page | Live, ...] = ()

# Agreement: paper, signatures, performance, rating
AGREEMENTS: tuple[Page | Live, ...] = ()

# Judicial confirmation: clerk, judge, rulings, service
CONFIRMATION: tuple[Page | Live, ...] = ()

# Roster of organisations and mediators
ROSTER: tuple[Page | Live, ...] = ()

# The court's own pages: figures, journal, accounts
COURT: tuple[Page | Live, ...] = ()

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

# what an unknown address answers
NOWHERE = Page("GET", "/", public.nothing_here, Do.READ_PUBLIC)
