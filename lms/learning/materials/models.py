"""Which packages belong to which modules, and which version a class uses."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base


class ModuleMaterial(Base):
    """A package placed in a module, for the classes that one institution runs."""

    __tablename__ = "module_materials"
    __table_args__ = (UniqueConstraint("module_id", "institution_id", "package_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    module_id: Mapped[UUID] = mapped_column(ForeignKey("modules.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    package_id: Mapped[UUID] = mapped_column(ForeignKey("packages.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("package_versions.id"), index=True)
    """The version for classes that have none of their own."""
    position: Mapped[int]
    required: Mapped[bool]
    """Whether the module is done only when this is."""
    in_running: Mapped[bool] = mapped_column(server_default="true")
    """Whether that holds also in classes that had begun when it was placed."""
    added_at: Mapped[datetime]
    added_by: Mapped[UUID | None]


class ClassMaterial(Base):
    """The version of a material that a class keeps, whatever newer ones there are."""

    __tablename__ = "class_materials"

    class_id: Mapped[UUID] = mapped_column(ForeignKey("class_runs.id"), primary_key=True)
    material_id: Mapped[UUID] = mapped_column(ForeignKey("module_materials.id", ondelete="CASCADE"), primary_key=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("package_versions.id"), index=True)
