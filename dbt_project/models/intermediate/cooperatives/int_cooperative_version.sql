-- One row is one organisation in one version: consecutive reporting dates that tell the same name, sector, status and
-- province of it, with what the last of them tells, and where the first of them stands.
{#
    What was told of an organisation before its last delivery stays here, and readers leave it out by history_version. To
    delete rows here and there would mean to write the whole table again each night; so they go when they are many.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_many(ref('int_cooperative_history'), 'history_version') }}"
) }}
with history as (

    select * from {{ ref('int_cooperative_history') }}
    {% if is_incremental() %}
    where history_version not in (select made.history_version from {{ this }} as made)
    {% endif %}

),

newest as (

    select
        period.*,
        history.history_version
    from {{ ref('int_cooperative_period') }} as period
    inner join history on period.cooperative_no = history.cooperative_no

),

compared as (

    select
        cooperative_no,
        period_end,
        name,
        sector,
        status,
        province_key,
        lag(period_end) over dates as period_before,
        lag(name) over dates as name_before,
        lag(sector) over dates as sector_before,
        lag(status) over dates as status_before,
        lag(province_key) over dates as province_before
    from newest
    window dates as (partition by cooperative_no order by period_end)

),

changed as (

    select
        compared.cooperative_no,
        compared.period_end,
        compared.status,
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
        cooperative_no,
        period_end,
        status,
        sum(is_new_version) over (
            partition by cooperative_no
            order by period_end
            rows between unbounded preceding and current row
        ) as version_no
    from changed

),

version as (

    select
        cooperative_no,
        version_no,
        min(period_end) as first_on,
        max(period_end) as last_on,
        min(status) as status
    from numbered
    group by cooperative_no, version_no

),

followed as (

    select
        version.*,
        lead(first_on) over dates as next_on,
        lag(last_on) over dates as last_on_before,
        lag(status) over dates as status_before
    from version
    window dates as (partition by cooperative_no order by version_no)

)

select
    told.history_version,
    followed.cooperative_no,
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
    told.cells
from followed
inner join newest as told on followed.cooperative_no = told.cooperative_no and followed.last_on = told.period_end
