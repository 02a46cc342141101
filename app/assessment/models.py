"""Old questions, and answers that are chosen but not yet given."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class QuestionVersion(SQLModel, table=True):
    """A question as it once was: answers to it are marked by it, whatever was edited since."""

    __table_args__ = {"sqlite_strict": True}
    __tablename__ = "question_version"

    version: str = Field(primary_key=True)
    question: str = Field(index=True)
    body: str


class Draft(SQLModel, table=True):
    """What is ticked in an attempt and not yet sent: survives a cut and a change of language."""

    __table_args__ = {"sqlite_strict": True}
    __tablename__ = "answer_draft"

    attempt: str = Field(primary_key=True)
    question: str = Field(primary_key=True)
    given: str
    changed_at: int = Field(sa_type=BigInteger)
