-- One row is one organisation in one version: from the reporting date that first shows it so until the day before the
-- next version. Members are of the version's last reporting date.
{# A view, like all that is kept night by night: nothing is written twice. #}
{{ config(materialized='view') }}
select
    version.cooperative_version_key,
    history.cooperative_key,
    version.version_no,
    version.first_on as valid_from,
    {{ day_after('version.next_on', -1) }} as valid_to,
    version.next_on is null as is_current,
    record.name,
    record.kind,
    record.province_key,
    record.district,
    record.commune,
    record.tax_code,
    record.registration_no,
    record.sector,
    record.founded_on,
    record.founded_on_precision,
    record.status,
    record.members,
    version.last_on as last_reported_on,
    version.link_rule,
    record.artefact,
    record.file,
    record.sheet,
    record.cells
from {{ within_database(ref('int_cooperative_version')) }} as version
inner join {{ within_database(ref('int_cooperative_history')) }} as history
    on version.history_version = history.history_version
inner join {{ within_database(ref('int_cooperative_status')) }} as record on version.last_row = record.row_version
