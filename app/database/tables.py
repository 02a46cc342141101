"""Every table of every capability, gathered for migrations and for checks of the schema."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel


def metadata() -> MetaData:
    """The tables as the models describe them."""
    import app.accounts.models
    import app.assessment.models
    import app.learning.models  # noqa: F401

    return SQLModel.metadata
