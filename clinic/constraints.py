"""Constraints that only PostgreSQL supports. SQLite relies on its single writer and the check in the act."""

from django.contrib.postgres.constraints import ExclusionConstraint


class PostgresExclusionConstraint(ExclusionConstraint):
    """An exclusion constraint that does nothing on a database without them."""

    def _is_for(self, schema_editor):
        return schema_editor.connection.vendor == "postgresql"

    def constraint_sql(self, model, schema_editor):
        return super().constraint_sql(model, schema_editor) if self._is_for(schema_editor) else None

    def create_sql(self, model, schema_editor):
        return super().create_sql(model, schema_editor) if self._is_for(schema_editor) else None

    def remove_sql(self, model, schema_editor):
        return super().remove_sql(model, schema_editor) if self._is_for(schema_editor) else None

    def validate(self, model, instance, exclude=None, using="default"):
        """Left to the database: the acts lock and check first, and answer with a sentence."""
