"""Every change of the register is kept by the database; of a secret fact, that it changed and nothing else."""

from django.db import migrations

from ansinh.db import schema


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_what_happens"), ("db", "0002_changes")]

    operations = [
        *(
            schema.keep_history(f"registry_{table}")
            for table in ("source", "document", "person", "household", "double", "merge")
        ),
        *(
            schema.keep_history(f"registry_{table}", superseded=True)
            for table in (
                "member",
                "householdresidence",
                "relation",
                "fact",
                "householdfact",
                "death",
            )
        ),
        schema.keep_history(
            "registry_sensitivefact", superseded=True, hide=("fact", "value", "document_id")
        ),
    ]
