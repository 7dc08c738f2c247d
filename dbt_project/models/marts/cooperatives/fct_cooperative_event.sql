-- One row is one event in the life of an organisation: founded, or a status that changed between two reporting dates.
with version as (

    select
        version.*,
        history.cooperative_key
    from {{ ref('int_cooperative_version') }} as version
    inner join {{ ref('int_cooperative_history') }} as history
        on version.history_version = history.history_version

),

event as (

    -- the newest delivery knows the founding day best: the record has it
    select
        cooperative_key,
        'founded' as event,
        cast(null as date) as happened_from,
        cast(null as date) as happened_to,
        cast(null as string) as precision,
        cast(null as string) as status_before,
        last_row as told_by
    from version
    where next_on is null
    union all
    -- told by the first reporting date that shows it
    select
        cooperative_key,
        case status
            when 'active' then 'resumed'
            when 'suspended' then 'suspended'
            when 'dissolving' then 'dissolving'
            when 'dissolved' then 'dissolved'
        end as event,
        {{ day_after('last_on_before', 1) }} as happened_from,
        first_on as happened_to,
        'between_reports' as precision,
        status_before,
        first_row as told_by
    from version
    where status <> status_before

),

told as (

    select
        event.cooperative_key,
        event.event,
        coalesce(event.happened_from, record.founded_on) as happened_from,
        coalesce(event.happened_to, record.founded_on) as happened_to,
        coalesce(event.precision, record.founded_on_precision) as precision,
        record.name,
        record.province_key,
        event.status_before,
        record.artefact,
        record.file,
        record.sheet,
        record.cells
    from event
    inner join {{ ref('int_cooperative_status') }} as record on event.told_by = record.row_version

)

select
    {{ key_of(['cooperative_key', 'event', 'happened_to']) }} as event_key,
    told.*
from told
-- a record may not know the founding day
where happened_to is not null
