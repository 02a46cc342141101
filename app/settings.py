"""What the operator can set: every name is `MWALIMU_` and the field's name in capitals."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
INSTALLED = Path(__file__).resolve().parent / "_files"


def shipped(name: str) -> Path:
    """A folder that comes with the program: beside it in a checkout, inside it when installed."""
    return INSTALLED / name if (INSTALLED / name).is_dir() else ROOT / name


class Settings(BaseSettings):
    """Read once at start, from the environment."""

    model_config = SettingsConfigDict(env_prefix="MWALIMU_", frozen=True)

    data_dir: Path = Field(
        default=Path("var"), description="Where the database, the secret and caches are kept."
    )
    database_url: str = Field(
        default="",
        description="sqlite:///FILE or postgresql://USER@HOST/NAME. Empty: SQLite in the data folder.",
    )
    courses_dir: Path = Field(
        default=shipped("courses"), description="Where the courses are read from."
    )
    public_url: str = Field(
        default="",
        description="The address that people type; https:// makes cookies secure.",
    )
    secret_file: Path | None = Field(
        default=None,
        description="The key that protects PINs and cookies; made at the first start. Not for backups.",
    )
    time_zone: str = Field(
        default="Africa/Lubumbashi", description="The zone that dates are shown in."
    )

    @property
    def database(self) -> str:
        """The address of the database, the embedded one unless told."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'mwalimu.db'}"

    @property
    def secret(self) -> Path:
        """The file that holds the key."""
        return self.secret_file or self.data_dir / "secret"

    @property
    def secure(self) -> bool:
        """Whether people come by HTTPS, so that cookies can insist on it."""
        return self.public_url.startswith("https://")
