-- One row is one organisation in one version: from the reporting date that first shows it so until the day before the
-- next version. Members are of the version's last reporting date.
{# A view, like all that is kept night by night: nothing is written twice. #}
{{ config(materialized='view') }}
select
    {{ key_of(['history.cooperative_key', 'version.version_no']) }} as cooperative_version_key,
    history.cooperative_key,
    version.version_no,
    version.first_on as valid_from,
    {{ day_after('version.next_on', -1) }} as valid_to,
    version.next_on is null as is_current,
    version.name,
    version.kind,
    version.province_key,
    version.district,
    version.commune,
    version.tax_code,
    version.registration_no,
    version.sector,
    version.founded_on,
    version.founded_on_precision,
    version.status,
    version.members,
    version.last_on as last_reported_on,
    version.link_rule,
    version.artefact,
    version.file,
    version.sheet,
    version.cells
from {{ within_database(ref('int_cooperative_version')) }} as version
inner join {{ within_database(ref('int_cooperative_history')) }} as history
    on version.history_version = history.history_version
