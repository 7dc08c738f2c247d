{# The comparisons behind "is the target met?". docs/warehouse.md explains them; fct_kpi_attainment holds the statuses. #}

{# A claim "gần 500" is below 500, "trên 99 tỷ" above: at exactly the bar the result's own qualifier decides. #}
{% macro satisfies(sense, is_strict, bar, value, value_high, qualifier) -%}
    case
        when {{ sense }} = 'at_least' then
            {{ value }} > {{ bar }}
            or ({{ value }} = {{ bar }} and (
                {{ qualifier }} = 'gt'
                or (not {{ is_strict }} and {{ qualifier }} <> 'lt')
            ))
        else
            coalesce({{ value_high }}, {{ value }}) < {{ bar }}
            or (coalesce({{ value_high }}, {{ value }}) = {{ bar }} and (
                {{ qualifier }} = 'lt'
                or (not {{ is_strict }} and {{ qualifier }} <> 'gt')
            ))
    end
{%- endmacro %}

{# Results of another programme are never taken for this one's; a document without a programme speaks for its province. #}
{% macro may_answer(target, result) -%}
    (
        {{ target }}.indicator = {{ result }}.indicator
        and {{ target }}.scope_key = {{ result }}.scope_key
        and {{ target }}.territory_key = {{ result }}.territory_key
        and ({{ result }}.programme is null or {{ target }}.programme = {{ result }}.programme)
    )
{%- endmacro %}

{# A claim is held from the day on which it was known; one without a day is read on the day of asking. #}
{% macro held_since(known_on) -%}
    coalesce({{ known_on }}, {{ as_of() }})
{%- endmacro %}

{% macro qualifier_words(qualifier, language) -%}
    case {{ qualifier }}
        when 'ge' then '{{ "ít nhất " if language == "vi" else "at least " }}'
        when 'gt' then '{{ "trên " if language == "vi" else "more than " }}'
        when 'le' then '{{ "không quá " if language == "vi" else "at most " }}'
        when 'lt' then '{{ "dưới " if language == "vi" else "less than " }}'
        when 'approx' then '{{ "khoảng " if language == "vi" else "about " }}'
        else ''
    end
{%- endmacro %}

{# What stands after a number in a sentence. What is counted is named by the indicator. #}
{% macro unit_words(unit, language) -%}
    case {{ unit }}
        when 'percent' then '%'
        when 'VND' then {{ "' đồng'" if language == 'vi' else "' VND'" }}
        when 'VND/month' then {{ "' đồng/tháng'" if language == 'vi' else "' VND a month'" }}
        when 'VND/year' then {{ "' đồng/năm'" if language == 'vi' else "' VND a year'" }}
        else ''
    end
{%- endmacro %}
