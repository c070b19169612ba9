"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address_stops",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address_index", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('opted_out', 'invalid', 'suspended')", name="ck_address_stops_state"),
        sa.PrimaryKeyConstraint("channel", "address_index"),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("organisation", sa.String(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("added", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind = 'organisation' OR organisation IS NULL", name="ck_contacts_no_membership"),
        sa.CheckConstraint("kind IN ('person', 'organisation')", name="ck_contacts_kind"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index("ix_contacts_organisation", ["organisation"], unique=False)

    op.create_table(
        "contents",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "house_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("house_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_house_notes_at"), ["at"], unique=False)

    op.create_table(
        "inbound_texts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("arrived", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("inbound_texts", schema=None) as batch_op:
        batch_op.create_index("ix_inbound_texts_arrived", ["arrived"], unique=False)
        batch_op.create_index(
            "ux_inbound_texts_provider",
            ["carrier", "provider_id"],
            unique=True,
            sqlite_where=sa.text("provider_id <> ''"),
            postgresql_where=sa.text("provider_id <> ''"),
        )

    op.create_table(
        "incidents",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("playbook", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_beat", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'exercise')", name="ck_incidents_mode"),
        sa.CheckConstraint("state IN ('unconfirmed', 'running', 'stood_down')", name="ck_incidents_state"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id", "mode", name="ux_incidents_id_mode"),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index("ix_incidents_next_beat", ["next_beat"], unique=False)

    op.create_table(
        "mailbox_bodies",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("last_used", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "mailbox_letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.String(length=64), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("broadcast", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("body", sa.String(length=64), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("kept", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("mailbox_letters", schema=None) as batch_op:
        batch_op.create_index("ix_mailbox_letters_broadcast", ["broadcast", "id"], unique=False)
        batch_op.create_index("ix_mailbox_letters_incident", ["incident", "id"], unique=False)

    op.create_table(
        "people",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("permission", sa.String(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.String(length=64), nullable=True),
        sa.Column("phone_index", sa.String(length=64), nullable=True),
        sa.Column("languages", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("permission IN ('admin', 'staff', 'viewer')", name="ck_people_permission"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email_index"),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_people_phone_index"), ["phone_index"], unique=False)

    op.create_table(
        "playbook_reviews",
        sa.Column("playbook", sa.String(length=128), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reviewed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("playbook"),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("arrived", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index("ix_receipts_arrived", ["arrived"], unique=False)

    op.create_table(
        "reviews",
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("language", "digest"),
    )
    op.create_table(
        "standing_approvals",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("playbook", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("recorded_for", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("playbook", "message", "scope", "digest", "person", "role", name="uq_standing"),
    )
    with op.batch_alter_table("standing_approvals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_approvals_playbook"), ["playbook"], unique=False)

    op.create_table(
        "statements",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("incident", sa.String(length=64), nullable=False),
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("template_digest", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source_language", sa.String(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("used_channels", sa.String(), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'exercise')", name="ck_statements_mode"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statements_incident"), ["incident"], unique=False)
        batch_op.create_index(batch_op.f("ix_statements_occurrence"), ["occurrence"], unique=False)

    op.create_table(
        "broadcasts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("source_language", sa.String(), nullable=False),
        sa.Column("selection", sa.JSON(), nullable=False),
        sa.Column("supersedes", sa.JSON(), nullable=False),
        sa.Column("corrects", sa.JSON(), nullable=False),
        sa.Column("twin", sa.String(), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wait_seconds", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("released", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("touched", sa.DateTime(timezone=True), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.CheckConstraint("mode IN ('live', 'exercise')", name="ck_broadcasts_mode"),
        sa.CheckConstraint("part IN ('whole', 'first', 'rest')", name="ck_broadcasts_part"),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'released', 'materialising', 'sending', 'paused', 'completing', 'done', 'stopped', 'expired')",
            name="ck_broadcasts_state",
        ),
        sa.CheckConstraint("urgency IN ('normal', 'urgent', 'life_safety')", name="ck_broadcasts_urgency"),
        sa.ForeignKeyConstraint(
            ["incident", "mode"],
            ["incidents.id", "incidents.mode"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id", "mode", name="ux_broadcasts_id_mode"),
    )
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.create_index("ix_broadcasts_incident", ["incident"], unique=False)
        batch_op.create_index("ix_broadcasts_state", ["state"], unique=False)
        batch_op.create_index("ix_broadcasts_statement", ["statement"], unique=False)

    op.create_table(
        "calls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("incident", sa.String(length=32), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("occurrence", sa.String(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wall", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("sms", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("answered", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "email IN ('none', 'pending', 'handing_over', 'accepted', 'failed', 'unknown')",
            name="ck_calls_email",
        ),
        sa.CheckConstraint("mode IN ('live', 'exercise')", name="ck_calls_mode"),
        sa.CheckConstraint(
            "sms IN ('none', 'pending', 'handing_over', 'accepted', 'failed', 'unknown')", name="ck_calls_sms"
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'carrying', 'carried', 'failed', 'unknown', 'answered', 'closed')",
            name="ck_calls_state",
        ),
        sa.ForeignKeyConstraint(
            ["incident", "mode"], ["incidents.id", "incidents.mode"], name="fk_calls_incident"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "incident", "occurrence", "rung", "person", name="ux_calls_occurrence_rung_person"
        ),
        sa.UniqueConstraint("token_hash", name="ux_calls_token_hash"),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index("ix_calls_person", ["person", "state"], unique=False)
        batch_op.create_index("ix_calls_state", ["state", "wall"], unique=False)

    op.create_table(
        "contact_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("channel IN ('sms', 'email')", name="ck_contact_addresses_channel"),
        sa.CheckConstraint(
            "state IN ('ok', 'opted_out', 'invalid', 'suspended')", name="ck_contact_addresses_state"
        ),
        sa.ForeignKeyConstraint(
            ["contact"],
            ["contacts.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("contact_addresses", schema=None) as batch_op:
        batch_op.create_index("ix_contact_addresses_contact", ["contact", "channel"], unique=False)
        batch_op.create_index("ux_contact_addresses", ["channel", "address_index", "contact"], unique=True)

    op.create_table(
        "contact_areas",
        sa.Column("contact", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact"],
            ["contacts.id"],
        ),
        sa.PrimaryKeyConstraint("contact", "area"),
    )
    with op.batch_alter_table("contact_areas", schema=None) as batch_op:
        batch_op.create_index("ix_contact_areas_area", ["area", "contact"], unique=False)

    op.create_table(
        "contact_languages",
        sa.Column("contact", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact"],
            ["contacts.id"],
        ),
        sa.PrimaryKeyConstraint("contact", "rank"),
    )
    with op.batch_alter_table("contact_languages", schema=None) as batch_op:
        batch_op.create_index("ux_contact_languages", ["contact", "language"], unique=True)

    op.create_table(
        "contact_lists",
        sa.Column("contact", sa.Integer(), nullable=False),
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact"],
            ["contacts.id"],
        ),
        sa.PrimaryKeyConstraint("contact", "list"),
    )
    with op.batch_alter_table("contact_lists", schema=None) as batch_op:
        batch_op.create_index("ix_contact_lists_list", ["list", "contact"], unique=False)

    op.create_table(
        "credentials",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("permission", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('link', 'session', 'token')", name="ck_credentials_kind"),
        sa.CheckConstraint("permission IN ('admin', 'staff', 'viewer')", name="ck_credentials_permission"),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credentials_person"), ["person"], unique=False)

    op.create_table(
        "incident_events",
        sa.Column("incident", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident"],
            ["incidents.id"],
        ),
        sa.PrimaryKeyConstraint("incident", "number"),
    )
    op.create_table(
        "incident_restricted",
        sa.Column("incident", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident"],
            ["incidents.id"],
        ),
        sa.PrimaryKeyConstraint("incident", "hash"),
    )
    op.create_table(
        "person_roles",
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("role", "person"),
    )
    op.create_table(
        "statement_texts",
        sa.Column("statement", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement"],
            ["statements.id"],
        ),
        sa.PrimaryKeyConstraint("statement", "version", "language"),
    )
    op.create_table(
        "statement_versions",
        sa.Column("statement", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement"],
            ["statements.id"],
        ),
        sa.PrimaryKeyConstraint("statement", "version"),
    )
    op.create_table(
        "broadcast_tally",
        sa.Column("broadcast", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast"],
            ["broadcasts.id"],
        ),
        sa.PrimaryKeyConstraint("broadcast", "node", "channel", "state"),
    )
    op.create_table(
        "broadcast_texts",
        sa.Column("broadcast", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("stop_line", sa.String(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast"],
            ["broadcasts.id"],
        ),
        sa.PrimaryKeyConstraint("broadcast", "channel", "language"),
    )
    op.create_table(
        "broadcast_words",
        sa.Column("broadcast", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("given", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast"],
            ["broadcasts.id"],
        ),
        sa.PrimaryKeyConstraint("broadcast", "person"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("broadcast", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("contact", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("address_index", sa.String(length=64), nullable=False),
        sa.Column("meant", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("same_as", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("notice", sa.Boolean(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(mode = 'exercise') = (carrier = 'exercise')", name="ck_deliveries_mode_carrier"),
        sa.CheckConstraint("channel IN ('sms', 'email')", name="ck_deliveries_channel"),
        sa.CheckConstraint(
            "state IN ('pending', 'handing_over', 'accepted', 'sent', 'delivered', 'failed', 'skipped', 'stopped', 'expired', 'unknown')",
            name="ck_deliveries_state",
        ),
        sa.ForeignKeyConstraint(
            ["broadcast", "mode"],
            ["broadcasts.id", "broadcasts.mode"],
        ),
        sa.ForeignKeyConstraint(
            ["contact"],
            ["contacts.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("broadcast", "contact", "channel", name="ux_deliveries_person"),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_deliveries_unknown",
            ["broadcast"],
            unique=False,
            sqlite_where=sa.text("state = 'unknown'"),
            postgresql_where=sa.text("state = 'unknown'"),
        )
        batch_op.create_index(
            "ux_deliveries_address",
            ["broadcast", "channel", "address_index"],
            unique=True,
            sqlite_where=sa.text("meant"),
            postgresql_where=sa.text("meant"),
        )

    op.create_table(
        "parcels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("broadcast", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("quiet", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("lease", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(mode = 'exercise') = (carrier = 'exercise')", name="ck_parcels_mode_carrier"),
        sa.CheckConstraint("channel IN ('sms', 'email')", name="ck_parcels_channel"),
        sa.CheckConstraint("state IN ('open', 'leased', 'done')", name="ck_parcels_state"),
        sa.ForeignKeyConstraint(
            ["broadcast", "mode"],
            ["broadcasts.id", "broadcasts.mode"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("broadcast", "channel", "number", name="ux_parcels_number"),
    )
    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.create_index("ix_parcels_state", ["state", "lease"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.drop_index("ix_parcels_state")

    op.drop_table("parcels")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_deliveries_address", sqlite_where=sa.text("meant"), postgresql_where=sa.text("meant")
        )
        batch_op.drop_index(
            "ix_deliveries_unknown",
            sqlite_where=sa.text("state = 'unknown'"),
            postgresql_where=sa.text("state = 'unknown'"),
        )

    op.drop_table("deliveries")
    op.drop_table("broadcast_words")
    op.drop_table("broadcast_texts")
    op.drop_table("broadcast_tally")
    op.drop_table("statement_versions")
    op.drop_table("statement_texts")
    op.drop_table("person_roles")
    op.drop_table("incident_restricted")
    op.drop_table("incident_events")
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credentials_person"))

    op.drop_table("credentials")
    with op.batch_alter_table("contact_lists", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_lists_list")

    op.drop_table("contact_lists")
    with op.batch_alter_table("contact_languages", schema=None) as batch_op:
        batch_op.drop_index("ux_contact_languages")

    op.drop_table("contact_languages")
    with op.batch_alter_table("contact_areas", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_areas_area")

    op.drop_table("contact_areas")
    with op.batch_alter_table("contact_addresses", schema=None) as batch_op:
        batch_op.drop_index("ux_contact_addresses")
        batch_op.drop_index("ix_contact_addresses_contact")

    op.drop_table("contact_addresses")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index("ix_calls_state")
        batch_op.drop_index("ix_calls_person")

    op.drop_table("calls")
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.drop_index("ix_broadcasts_statement")
        batch_op.drop_index("ix_broadcasts_state")
        batch_op.drop_index("ix_broadcasts_incident")

    op.drop_table("broadcasts")
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statements_occurrence"))
        batch_op.drop_index(batch_op.f("ix_statements_incident"))

    op.drop_table("statements")
    with op.batch_alter_table("standing_approvals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_standing_approvals_playbook"))

    op.drop_table("standing_approvals")
    op.drop_table("reviews")
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.drop_index("ix_receipts_arrived")

    op.drop_table("receipts")
    op.drop_table("playbook_reviews")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_people_phone_index"))

    op.drop_table("people")
    with op.batch_alter_table("mailbox_letters", schema=None) as batch_op:
        batch_op.drop_index("ix_mailbox_letters_incident")
        batch_op.drop_index("ix_mailbox_letters_broadcast")

    op.drop_table("mailbox_letters")
    op.drop_table("mailbox_bodies")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index("ix_incidents_next_beat")

    op.drop_table("incidents")
    with op.batch_alter_table("inbound_texts", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_inbound_texts_provider",
            sqlite_where=sa.text("provider_id <> ''"),
            postgresql_where=sa.text("provider_id <> ''"),
        )
        batch_op.drop_index("ix_inbound_texts_arrived")

    op.drop_table("inbound_texts")
    with op.batch_alter_table("house_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_house_notes_at"))

    op.drop_table("house_notes")
    op.drop_table("contents")
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index("ix_contacts_organisation")

    op.drop_table("contacts")
    op.drop_table("address_stops")
