# Dates and durations, shared by every face.
words-date = { $day } { $month }
words-date-year = { $day } { $month } { $year }
words-when = { $date }, { $time }
words-under-a-minute = less than a minute
words-minutes = { $count } min
words-hours = { $count } h
