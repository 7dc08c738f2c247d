-- One row is one organisation in one version: consecutive reporting dates that tell the same name, sector, status and
-- province of it, with the records that tell of it first and last.
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
    where {{ is_lacking('history_version') }}

),

newest as (

    select
        period.cooperative_key,
        period.cooperative_no,
        period.period_end,
        period.row_version,
        period.link_rule,
        period.status,
        {{ fingerprint_of(['period.name', 'period.sector', 'period.status', 'period.province_key']) }} as told_no,
        history.history_version,
        history.last_on
    from {{ ref('int_cooperative_period') }} as period
    inner join history on period.cooperative_no = history.cooperative_no

),

compared as (

    select
        newest.*,
        lag(period_end) over dates as period_before,
        lag(status) over dates as status_before,
        lag(told_no) over dates as told_before
    from newest
    window dates as (partition by cooperative_no order by period_end)

),

-- where one version ends, the next begins
followed as (

    select
        history_version,
        cooperative_key,
        cooperative_no,
        period_end as first_on,
        row_version as first_row,
        period_before as last_on_before,
        status,
        status_before,
        row_number() over dates as version_no,
        lead(period_end) over dates as next_on,
        coalesce(lead(period_before) over dates, last_on) as last_on
    from compared
    where period_before is null or told_no <> told_before
    window dates as (partition by cooperative_no order by period_end)

)

select
    followed.history_version,
    followed.cooperative_no,
    {{ key_of(['followed.cooperative_key', 'followed.version_no']) }} as cooperative_version_key,
    cast(followed.version_no as bigint) as version_no,
    followed.first_on,
    followed.last_on,
    followed.next_on,
    followed.last_on_before,
    followed.status,
    followed.status_before,
    followed.first_row,
    told.row_version as last_row,
    told.link_rule
from followed
inner join newest as told on followed.cooperative_no = told.cooperative_no and followed.last_on = told.period_end
