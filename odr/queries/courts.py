"""The court as a page's head names it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, select

from odr.tables.people import Court


@dataclass(frozen=True, slots=True)
class CourtFace:
    """A court's name in each language, and its helpline."""

    name: str = "人民法院"
    name_ko: str = "인민법원"
    name_en: str = "People's Court"
    phone: str = "12368"

    def title(self, language: str) -> str:
        """The name for a reader of this language."""
        return {"ko": self.name_ko, "en": self.name_en}.get(language) or self.name


ANY = CourtFace()


def concerned(s: Session, court_id: str | None) -> Court | None:
    """The court of the person; else the only court there is."""
    if court_id:
        return s.get(Court, court_id)
    courts = s.exec(select(Court).limit(2)).all()
    return courts[0] if len(courts) == 1 else None


def face(s: Session, court_id: str | None) -> CourtFace:
    """The court that the person's page is about, else courts in general."""
    court = concerned(s, court_id)
    return CourtFace(court.name, court.name_ko, court.name_en, court.phone) if court else ANY
