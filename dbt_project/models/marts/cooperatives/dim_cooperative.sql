-- One row is one organisation in one version: from the reporting date that first shows it so until the day before the
-- next version. Members are of the version's last reporting date.
with period as (

    select
        int_cooperative_period.*,
        {{ key_of(['name', 'sector', 'status', 'province_key']) }} as version
    from {{ ref('int_cooperative_period') }} as int_cooperative_period

),

changed as (

    select
        period.*,
        case
            when version = lag(version) over (partition by cooperative_key order by period_end) then 0
            else 1
        end as is_new_version
    from period

),

numbered as (

    select
        changed.*,
        sum(is_new_version) over (
            partition by cooperative_key
            order by period_end
            rows between unbounded preceding and current row
        ) as version_no
    from changed

),

versioned as (

    select
        numbered.*,
        min(period_end) over (partition by cooperative_key, version_no) as version_from,
        row_number() over (partition by cooperative_key, version_no order by period_end desc) as from_last
    from numbered

)

select
    {{ key_of(['cooperative_key', 'version_no']) }} as cooperative_version_key,
    cooperative_key,
    cast(version_no as bigint) as version_no,
    version_from as valid_from,
    {{ day_after('lead(version_from) over (partition by cooperative_key order by version_no)', -1) }} as valid_to,
    lead(version_from) over (partition by cooperative_key order by version_no) is null as is_current,
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
    period_end as last_reported_on,
    link_rule,
    artefact,
    file,
    sheet,
    cells
from versioned
where from_last = 1
