-- One row is one report that a province with a programme owes: duty and year, with the days that count as its period.
with year_on as (
    {{ offsets(30) }}
),

year_of_programme as (

    select distinct
        programme.territory_key,
        {{ year_of('programme.starts_on') }} + year_on.n as year
    from {{ ref('int_programme') }} as programme
    cross join year_on
    where
        programme.territory_key is not null
        and {{ year_of('programme.starts_on') }} + year_on.n <= {{ year_of('programme.ends_on') }}
        and {{ year_of('programme.starts_on') }} + year_on.n <= {{ year_of(as_of()) }}

),

owed as (

    select
        duty.duty,
        duty.record_type,
        duty.reporter_vi,
        duty.reporter_en,
        duty.legal_basis,
        duty.due_rests_on,
        year_of_programme.territory_key as programme_territory_key,
        year_of_programme.year,
        case
            when duty.period = 'data_year' then {{ date_of('year_of_programme.year - 1', 12, 15) }}
            else {{ date_of('year_of_programme.year', 1, 1) }}
        end as period_start,
        case
            when duty.period = 'data_year' then {{ date_of('year_of_programme.year', 12, 14) }}
            when duty.period = 'half_year' then {{ date_of('year_of_programme.year', 6, 30) }}
            else {{ date_of('year_of_programme.year', 12, 31) }}
        end as period_end,
        {{ date_of('year_of_programme.year + duty.due_next_year', 'duty.due_month', 'duty.due_day') }} as due_on
    from year_of_programme
    cross join {{ ref('reporting_duty') }} as duty

),

-- A province that merged reports as its successor from the day of the merger.
placed as (

    select
        owed.*,
        form.province_key,
        row_number() over (
            partition by owed.programme_territory_key, owed.duty, owed.year
            order by form.valid_from desc
        ) as choice
    from owed
    inner join {{ ref('dim_province') }} as origin on owed.programme_territory_key = origin.province_key
    inner join {{ ref('dim_province') }} as form
        on
            (
                origin.territory_key = form.territory_key
                or origin.successor_key = form.province_key
                or origin.current_province_key = form.province_key
            )
            and owed.period_end >= form.valid_from

)

select distinct
    duty,
    record_type,
    province_key,
    year,
    period_start,
    period_end,
    due_on,
    reporter_vi,
    reporter_en,
    legal_basis,
    due_rests_on
from placed
where choice = 1
