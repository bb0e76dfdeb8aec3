# Dates and durations, shared by every face.
words-date = { $day } { $month }
words-date-year = { $day } { $month } { $year } г.
words-when = { $date }, { $time }
words-under-a-minute = меньше минуты
words-minutes = { $count } мин
words-hours = { $count } ч
