-- One row is one event in the life of an organisation: founded, or a status that changed between two reporting dates.
with period as (

    select
        int_cooperative_period.*,
        lag(status) over (partition by cooperative_key order by period_end) as status_before,
        lag(period_end) over (partition by cooperative_key order by period_end) as period_before,
        row_number() over (partition by cooperative_key order by period_end desc) as from_last
    from {{ ref('int_cooperative_period') }} as int_cooperative_period

),

event as (

    -- the newest delivery knows the founding day best
    select
        period.*,
        'founded' as event,
        founded_on as happened_from,
        founded_on as happened_to
    from period
    where from_last = 1 and founded_on is not null
    union all
    select
        period.*,
        case status
            when 'active' then 'resumed'
            when 'suspended' then 'suspended'
            when 'dissolving' then 'dissolving'
            when 'dissolved' then 'dissolved'
        end as event,
        {{ day_after('period_before', 1) }} as happened_from,
        period_end as happened_to
    from period
    where status_before is not null and status is not null and status <> status_before

)

select
    {{ key_of(['cooperative_key', 'event', 'happened_to']) }} as event_key,
    cooperative_key,
    event,
    happened_from,
    happened_to,
    case when event = 'founded' then founded_on_precision else 'between_reports' end as precision,
    name,
    province_key,
    status_before,
    artefact,
    file,
    sheet,
    cells
from event
