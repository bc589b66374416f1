from django.urls import path

from partnerships.views import lessons, voices, voices_queue

urlpatterns = [
    path("partnerships/<str:key>/feedback/", voices.feedback, name="partnership-feedback"),
    path("partnerships/<str:key>/feedback/<int:pk>/answer/", voices.answer, name="answer-feedback"),
    path("complaints/new/", voices.complain, name="complain"),
    path("sent-messages/", voices.sent_message, name="sent-message"),
    path("secretariat/feedback/", voices_queue.feedback_queue, name="feedback-queue"),
    path("secretariat/feedback/<int:pk>/pass/", voices_queue.pass_on, name="pass-feedback"),
    path("secretariat/feedback/<int:pk>/refuse/", voices_queue.refuse, name="refuse-feedback"),
    path("secretariat/complaints/", voices_queue.complaints, name="complaints"),
    path("secretariat/complaints/<int:pk>/", voices_queue.complaint, name="complaint"),
    path("lessons/", lessons.lessons, name="lessons"),
    path("partnerships/<str:key>/lessons/", lessons.of_partnership, name="partnership-lessons"),
    path("partnerships/<str:key>/lessons/new/", lessons.write, name="new-lesson"),
    path("partnerships/<str:key>/lessons/<int:pk>/", lessons.write, name="edit-lesson"),
    path(
        "partnerships/<str:key>/lessons/<int:pk>/publish/", lessons.publish, name="publish-lesson"
    ),
    path(
        "partnerships/<str:key>/lessons/<int:pk>/withdraw/",
        lessons.withdraw,
        name="withdraw-lesson",
    ),
]
