-- One row is one organisation in one version: consecutive reporting dates that tell the same name, sector, status and
-- province of it, with what the last of them tells, and where the first of them stands.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{% if is_incremental() %}delete from {{ this }}
        where history_version not in (select history_version from {{ ref('int_cooperative_history') }}){% endif %}"
) }}
with history as (

    select * from {{ ref('int_cooperative_history') }}
    {% if is_incremental() %}
    where history_version not in (select made.history_version from {{ this }} as made)
    {% endif %}

),

newest as (

    select * from {{ ref('int_cooperative_status') }}
    where
        is_newest
        {% if is_incremental() %}
        and cooperative_key in (select history.cooperative_key from history)
        {% endif %}

),

compared as (

    select
        status_key,
        cooperative_key,
        period_end,
        status,
        artefact,
        file,
        sheet,
        cells,
        name,
        sector,
        province_key,
        lag(period_end) over dates as period_before,
        lag(name) over dates as name_before,
        lag(sector) over dates as sector_before,
        lag(status) over dates as status_before,
        lag(province_key) over dates as province_before
    from newest
    window dates as (partition by cooperative_key order by period_end)

),

changed as (

    select
        compared.*,
        case
            when compared.period_before is null then 1
            when (compared.name is distinct from compared.name_before) then 1
            when (compared.sector is distinct from compared.sector_before) then 1
            when (compared.status is distinct from compared.status_before) then 1
            when (compared.province_key is distinct from compared.province_before) then 1
            else 0
        end as is_new_version
    from compared

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

version as (

    select
        cooperative_key,
        version_no,
        min(period_end) as first_on,
        max(period_end) as last_on,
        max_by(status_key, period_end) as last_status_key,
        min(status) as status,
        min_by(artefact, period_end) as first_artefact,
        min_by(file, period_end) as first_file,
        min_by(sheet, period_end) as first_sheet,
        min_by(cells, period_end) as first_cells
    from numbered
    group by cooperative_key, version_no

),

followed as (

    select
        version.*,
        lead(first_on) over dates as next_on,
        lag(last_on) over dates as last_on_before,
        lag(status) over dates as status_before
    from version
    window dates as (partition by cooperative_key order by version_no)

)

select
    history.history_version,
    followed.cooperative_key,
    cast(followed.version_no as bigint) as version_no,
    followed.first_on,
    followed.last_on,
    followed.next_on,
    followed.last_on_before,
    followed.status_before,
    told.name,
    told.kind,
    told.province_key,
    told.district,
    told.commune,
    told.tax_code,
    told.registration_no,
    told.sector,
    told.founded_on,
    told.founded_on_precision,
    told.status,
    told.members,
    told.link_rule,
    told.artefact,
    told.file,
    told.sheet,
    told.cells,
    followed.first_artefact,
    followed.first_file,
    followed.first_sheet,
    followed.first_cells
from followed
inner join history on followed.cooperative_key = history.cooperative_key
inner join {{ ref('int_cooperative_status') }} as told on followed.last_status_key = told.status_key
