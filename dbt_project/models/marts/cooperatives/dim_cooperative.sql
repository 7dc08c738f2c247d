-- One row is one organisation in one version: from the reporting date that first shows it so until the day before the
-- next version. Members are of the version's last reporting date.
select
    {{ key_of(['cooperative_key', 'version_no']) }} as cooperative_version_key,
    cooperative_key,
    version_no,
    first_on as valid_from,
    {{ day_after('next_on', -1) }} as valid_to,
    next_on is null as is_current,
    name,
    kind,
    province_key,
    district,
    commune,
    tax_code,
    registration_no,
    sector,
    founded_on,
    founded_on_precision,
    status,
    members,
    last_on as last_reported_on,
    link_rule,
    artefact,
    file,
    sheet,
    cells
from {{ ref('int_cooperative_version') }}
