-- One row is the support from the state budget in one delivered list, for the year up to the list's reporting date.
-- Decision 1804 and Circular 124/2021 count a year from 15 December to 14 December; a list that closes on another day
-- counts from 1 January. What is of an earlier year stays in the list and counts for that year's own list only.
with support as (

    select
        int_support.*,
        case
            when extract(month from period_end) = 12 and extract(day from period_end) = 14
                then {{ date_of(year_of('period_end') ~ ' - 1', 12, 15) }}
            else {{ date_of(year_of('period_end'), 1, 1) }}
        end as span_from
    from {{ ref('int_support') }} as int_support
    where period_end is not null and province_key is not null

),

sheet_total as (

    select
        artefact,
        sheet,
        province_key,
        territory_key,
        span_from,
        period_end,
        min(file) as file,
        min(programme) as programme,
        min(published_on) as published_on,
        min(known_on) as known_on,
        min(report_province) as report_province,
        {{ cells_spanned('cells') }} as cells,
        min(case when fields like '%,amount_vnd,%' and fields like '%,funding,%' then 1 else 0 end) as is_told,
        -- rows of which it is not known whether they belong to the number, or how much they add
        sum(
            case when is_state_budget is null or (is_state_budget and amount_vnd is null) then 1 else 0 end
        ) as rows_unclear,
        sum(case when is_state_budget and amount_vnd is not null then 1 else 0 end) as rows_counted,
        count(*) as rows_listed,
        sum(case when is_state_budget then cast(amount_vnd as decimal(22, 4)) end) as amount
    from support
    where decided_on is null or decided_on between span_from and period_end
    group by artefact, sheet, province_key, territory_key, span_from, period_end

),

delivery as (

    select
        artefact,
        province_key,
        territory_key,
        span_from,
        period_end,
        min(file) as file,
        min(programme) as programme,
        min(published_on) as published_on,
        min(known_on) as known_on,
        min(report_province) as report_province,
        {{ joined('sheet', '; ', 'sheet') }} as sheet,
        {{ joined('cells', '; ', 'sheet') }} as cells,
        min(is_told) as is_told,
        sum(rows_unclear) as rows_unclear,
        sum(rows_counted) as rows_counted,
        sum(rows_listed) as rows_listed,
        sum(amount) as amount
    from sheet_total
    group by artefact, province_key, territory_key, span_from, period_end

)

select
    {{ key_of(["'support'", 'delivery.artefact', 'delivery.province_key', 'delivery.period_end']) }} as result_key,
    delivery.programme,
    'state_support' as indicator,
    cast(null as string) as scope,
    cast(null as string) as scope_note,
    delivery.province_key,
    delivery.territory_key,
    delivery.report_province as geography,
    'province' as geography_level,
    delivery.span_from as period_start,
    delivery.period_end,
    case when delivery.rows_unclear > 0 then 'ge' else 'eq' end as qualifier,
    delivery.amount as value,
    cast(null as decimal(22, 4)) as value_high,
    cast(null as decimal(22, 4)) as numerator,
    cast(null as decimal(22, 4)) as denominator,
    indicator.unit,
    'register' as origin,
    'register' as source_system,
    delivery.published_on,
    delivery.known_on,
    delivery.artefact,
    delivery.file,
    delivery.sheet,
    delivery.cells,
    {{ no_sentence() }},
    'Cộng cột kinh phí hỗ trợ của các dòng từ ngân sách nhà nước trong năm ('
    || cast(delivery.rows_counted as string) || '/' || cast(delivery.rows_listed as string)
    || ' dòng được tính)' as computation_vi,
    'Sum of the column of support over the rows of the year paid from the state budget ('
    || cast(delivery.rows_counted as string) || ' of ' || cast(delivery.rows_listed as string)
    || ' rows counted)' as computation_en,
    cast(delivery.rows_counted as bigint) as rows_counted,
    cast(null as string) as input_keys
from delivery
inner join {{ ref('indicators') }} as indicator on indicator.code = 'state_support'
where delivery.is_told = 1 and delivery.amount is not null
